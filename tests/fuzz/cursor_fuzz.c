/* A cursor. "raw\nCURSOR" must lead nowhere: nobody can sign. "N\nFIRST\nSECOND" makes one of this key, which
 * must lead back to it, and with its bit N turned over nowhere. */
#include "middleware/page.h"

#include <stdlib.h>
#include <string.h>

#include "middleware/problem.h"
#include "middleware/route.h"
#include "tests/fuzz/target.h"

static const struct route list = {.operation_id = "enrolment_list"};

static struct request *list_request(const char *cursor)
{
    struct request *req = fuzz_request();
    req->route = &list;
    req->path = "/v1/enrolments";
    req->operation = contract_operation(req->service->contract, list.operation_id);
    req->caller = (struct caller){.user_id = "01a201a1-0000-7000-8000-00000000aaaa",
                                  .generation = "1",
                                  .slice = SLICE_PROVINCE,
                                  .duty = DUTY_MANAGER};
    if (cursor) {
        req->query[req->query_count++] = (struct pair){"cursor", cursor};
    }
    return req;
}

/* True when it leads to this key. */
static bool leads(const char *cursor, const char *first, const char *second)
{
    struct page_key key = {NULL, NULL};
    struct request *req = list_request(cursor);
    bool found = page_key(req, (struct page_key){"infinity", "f"}, &key);
    MUST(found == (req->problem.kind == NO_PROBLEM));
    bool same = found && strcmp(key.first, first) == 0 && strcmp(key.second, second) == 0;
    MUST(same || !found || !*cursor);
    fuzz_end(req);
    return same;
}

static void check_made(const char *first, const char *second, size_t bit)
{
    struct request *req = list_request(NULL);
    char *cursor = arena_strdup(req->arena, page_cursor(req, first, second));
    size_t size = strlen(cursor);
    bool fits = size < 512; /* longer ones are nobody's: keys are instants, numbers and names */
    MUST(!fits || leads(cursor, first, second));
    cursor[bit / 8 % size] ^= (char)(1u << (bit % 7));
    MUST(!leads(cursor, first, second) || !cursor[0]);
    fuzz_end(req);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request *req = fuzz_request();
    const char *kind = fuzz_line(req, &data, &size);
    if (strcmp(kind, "raw") == 0) {
        const char *cursor = fuzz_rest(req, data, size);
        MUST(!leads(cursor, "nobody", "signed this"));
    } else {
        const char *first = fuzz_line(req, &data, &size);
        check_made(first, fuzz_line(req, &data, &size), strtoul(kind, NULL, 10));
    }
    fuzz_end(req);
    return 0;
}
