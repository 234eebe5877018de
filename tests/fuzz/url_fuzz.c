/* A request target. What passes has one spelling: decoded it is clean text in segments that are not empty
 * and not dots, and it finds the same route again when it is written once more. */
#include "middleware/url.h"

#include <string.h>

#include "middleware/problem.h"
#include "middleware/text.h"
#include "tests/fuzz/target.h"

static bool is_clean(const char *text)
{
    for (const char *at = text; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f) {
            return false;
        }
    }
    return text_is_utf8(text, strlen(text));
}

static void check_path(const char *path)
{
    MUST(path[0] == '/' && is_clean(path));
    MUST(!strstr(path, "//") && !strstr(path, "/./") && !strstr(path, "/../"));
    size_t size = strlen(path);
    MUST(size < 2 || strcmp(path + size - 2, "/.") != 0);
    MUST(size < 3 || strcmp(path + size - 3, "/..") != 0);
}

/* Every byte as %XX, but the slashes. */
static const char *written(struct request *req, const char *path)
{
    const char *out = "";
    size_t count = 0;
    char *made = arena_alloc(req->arena, strlen(path) * 3 + 1);
    for (const char *at = path; *at; at++) {
        bool plain = *at == '/';
        char hex[4];
        snprintf(hex, sizeof hex, "%%%02X", (unsigned)(unsigned char)*at);
        memcpy(made + count, plain ? "/" : hex, plain ? 1 : 3);
        count += plain ? 1 : 3;
        out = made;
    }
    return out;
}

static void check_again(const struct request *before)
{
    struct request *req = fuzz_request();
    req->target = written(req, before->path);
    if (strlen(req->target) < 8192) {
        MUST(url_parse(req));
        MUST(strcmp(req->path, before->path) == 0);
    }
    fuzz_end(req);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request *req = fuzz_request();
    req->target = fuzz_rest(req, data, size);
    bool passed = url_parse(req);
    MUST(passed == (req->problem.kind == NO_PROBLEM));
    if (passed) {
        check_path(req->path);
        check_again(req);
        MUST(req->query_count <= MAX_QUERY);
        for (int i = 0; i < req->query_count; i++) {
            MUST(req->query[i].name[0] && is_clean(req->query[i].name));
            MUST(text_is_utf8(req->query[i].value, strlen(req->query[i].value)));
        }
        if (route_find(req)) {
            MUST(req->route != NULL && req->path_value_count <= MAX_PATH_VALUES);
        }
    }
    fuzz_end(req);
    return 0;
}
