/* "OPERATION TARGET", then a body: JSON or, where the operation takes a table, CSV. What passes the schema
 * passes again as it was kept, and what does not says where. */
#include "middleware/schema.h"

#include <string.h>

#include "middleware/csv_body.h"
#include "middleware/problem.h"
#include "middleware/text.h"
#include "middleware/url.h"
#include "tests/fuzz/target.h"

static const struct operation *operation_named(const struct request *req, const char *id)
{
    return contract_operation(req->service->contract, id);
}

static void set_path_values(struct request *req)
{
    for (int i = 0; i < req->operation->parameter_count; i++) {
        const struct parameter *parameter = &req->operation->parameters[i];
        if (strcmp(parameter->in, "path") == 0 && req->path_value_count < MAX_PATH_VALUES) {
            req->path_values[req->path_value_count++] =
                (struct pair){parameter->name, "01a201a1-0000-7000-8000-00000000aaaa"};
        }
    }
}

/* As it was kept: normalised, and by now without surprises. */
static void check_again(struct request *before)
{
    struct request *req = fuzz_request();
    req->operation = before->operation;
    json_t *copy = json_loads(request_body_text(before), JSON_DECODE_ANY, NULL);
    MUST(copy != NULL);
    MUST(schema_check_json(req, req->operation->body, copy));
    MUST(json_equal(copy, before->json));
    json_decref(copy);
    fuzz_end(req);
}

static void check_table(const struct request *req)
{
    json_t *rows = json_loads(req->csv->json, 0, NULL);
    MUST(json_is_array(rows) && json_array_size(rows) == (size_t)req->csv->good_count);
    MUST(req->csv->good_count <= req->csv->count);
    for (int i = 0; i < req->csv->count; i++) {
        const struct csv_row *row = &req->csv->rows[i];
        MUST(row->good || (row->flaw >= 0 && row->flaw < FLAW_COUNT));
        MUST(i == 0 || row->line > req->csv->rows[i - 1].line);
    }
    json_decref(rows);
}

static void check(struct request *req)
{
    bool passed = schema_check(req);
    MUST(passed == (req->problem.kind == NO_PROBLEM));
    if (!passed) {
        problem_reply(req);
        MUST(text_is_utf8(req->reply.body, req->reply.size));
        return;
    }
    if (req->json) {
        check_again(req);
    }
    if (req->csv) {
        check_table(req);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request *req = fuzz_request();
    char *line = arena_strdup(req->arena, fuzz_line(req, &data, &size));
    const char *id = strsep(&line, " ");
    req->operation = operation_named(req, id);
    req->target = line ? line : "/";
    if (req->operation && url_parse(req)) {
        set_path_values(req);
        req->headers[req->header_count++] = (struct pair){"Idempotency-Key", "a-key-of-mine"};
        req->body = fuzz_rest(req, data, size);
        req->body_size = size;
        check(req);
    }
    fuzz_end(req);
    return 0;
}
