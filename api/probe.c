/* What machines and newcomers ask first. */
#include "api/probe.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "embedded.h"
#include "middleware/contract.h"
#include "middleware/problem.h"
#include "middleware/transaction.h"

bool probe_live(struct request *req)
{
    static const char body[] = "{\"status\":\"alive\"}";
    return reply_json(req, 200, body, sizeof body - 1);
}

/* Ready: the database answers and has every migration that this program knows, and we are not about to
 * stop. */
bool probe_ready(struct request *req)
{
    static const char body[] = "{\"status\":\"ready\"}";
    if (atomic_load(req->service->stopping)) {
        return fail(req, STOPPING);
    }
    const PGresult *rows = ask_gate(req, SQL_SCHEMA_VERSION, 0, NULL);
    if (!rows) {
        return false;
    }
    if (strtol(PQgetvalue(rows, 0, 0), NULL, 10) < req->service->schema_version) {
        return fail(req, DATABASE_UNAVAILABLE);
    }
    return reply_json(req, 200, body, sizeof body - 1);
}

bool contract_show(struct request *req)
{
    size_t size = 0;
    const char *text = contract_text(req->service->contract, &size);
    return reply_json(req, 200, text, size);
}

/* What a Content-Security-Policy calls the page's own <tag>: nothing else of the kind may run. */
static const char *hash_of(struct request *req, const char *page, const char *tag)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL)];
    const char *start = strstr(page, arena_printf(req->arena, "<%s>", tag));
    const char *end = start ? strstr(start, arena_printf(req->arena, "</%s>", tag)) : NULL;
    if (!end) {
        return "'none'";
    }
    start += strlen(tag) + 2;
    crypto_hash_sha256(hash, (const unsigned char *)start, (size_t)(end - start));
    sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    return arena_printf(req->arena, "'sha256-%s'", text);
}

/* The viewer writes its styles by script into empty elements, and one text of its own. */
static const char viewer_policy[] =
    "default-src 'none'; script-src 'self'; style-src "
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static const char *plain_policy(struct request *req, const char *page)
{
    return arena_printf(req->arena,
                        "default-src 'none'; script-src %s; style-src %s; connect-src 'self'; "
                        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                        hash_of(req, page, "script"), hash_of(req, page, "style"));
}

static const struct embedded_file *embedded(const char *name)
{
    for (size_t i = 0; i < embedded_file_count; i++) {
        if (strcmp(embedded_files[i].name, name) == 0) {
            return &embedded_files[i];
        }
    }
    return NULL;
}

static bool reply_file(struct request *req, const struct embedded_file *file, const char *type,
                       const char *policy)
{
    reply_json(req, 200, file->data, file->size);
    req->reply.content_type = type;
    reply_header(req, "Content-Security-Policy", policy);
    return true;
}

static const char html[] = "text/html; charset=utf-8";

/* The plain page, and where `make docs` has built it in, the viewer and its script. */
bool docs_show(struct request *req)
{
    const char *part = request_query(req, "part");
    const struct embedded_file *script = embedded("redoc.js");
    const struct embedded_file *plain = embedded("api/docs.html");
    if (!part) {
        return reply_file(req, plain, html, plain_policy(req, plain->data));
    }
    if (!script) {
        return fail(req, NOT_FOUND);
    }
    return strcmp(part, "script") == 0
               ? reply_file(req, script, "text/javascript; charset=utf-8", viewer_policy)
               : reply_file(req, embedded("api/redoc.html"), html, viewer_policy);
}
