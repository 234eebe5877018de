/* Entity tags: "7-x3f0aQ1bM2c" is version 7 with a hash of what was shown. */
#include "middleware/precondition.h"

#include <sodium.h>
#include <string.h>

#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/route.h"

enum { HASH_SIZE = crypto_generichash_BYTES_MIN };

static const char version_column[] = "@version";

/* One item of a list of tags: `W/` is a weak one, `size` counts the quotes. */
struct tag {
    const char *text;
    size_t size;
    bool weak;
};

/* The next tag at *list; false at its end, or where the syntax is broken (then *list is not at its end). */
static bool next_tag(const char **list, struct tag *tag)
{
    const char *at = *list + strspn(*list, ", \t");
    *list = at;
    tag->weak = strncmp(at, "W/", 2) == 0;
    tag->text = at + (tag->weak ? 2 : 0);
    const char *end = *tag->text == '"' ? strchr(tag->text + 1, '"') : NULL;
    if (!end || (end[1] && !strchr(", \t", end[1])) ||
        (size_t)(end - tag->text - 1) != strcspn(tag->text + 1, " \t\"")) {
        return false;
    }
    tag->size = (size_t)(end - tag->text) + 1;
    *list = end + 1;
    return true;
}

static bool is_list(const char *value)
{
    struct tag tag;
    const char *at = value;
    if (strcmp(value, "*") == 0) {
        return true;
    }
    while (next_tag(&at, &tag)) {
    }
    return at != value && !*at;
}

/* The version that one of our tags begins with, as text; NULL for any other tag. */
static const char *version_of(struct arena *arena, const struct tag *tag)
{
    size_t digits = strspn(tag->text + 1, "0123456789");
    bool ours = digits > 0 && digits < 10 && tag->text[1 + digits] == '-';
    return ours ? arena_printf(arena, "%.*s", (int)digits, tag->text + 1) : NULL;
}

/* As If-Match compares: a weak tag is equal to none. */
static const char *versions_in(struct request *req, const char *list)
{
    struct render out;
    struct tag tag;
    if (strcmp(list, "*") == 0) {
        return NULL;
    }
    render_init(&out, req->arena);
    render_text(&out, "{");
    while (next_tag(&list, &tag)) {
        const char *version = tag.weak ? NULL : version_of(req->arena, &tag);
        if (version) {
            render_text(&out, out.size > 1 ? "," : "");
            render_text(&out, version);
        }
    }
    render_text(&out, "}");
    return out.data;
}

bool precondition_check(struct request *req)
{
    const char *match = request_header(req, "If-Match");
    const char *none_match = request_header(req, "If-None-Match");
    if (!match && req->route->guarded) {
        return fail_at(req, PRECONDITION_REQUIRED, "header", "If-Match", FLAW_REQUIRED, NULL);
    }
    if (match && !is_list(match)) {
        return fail_at(req, INVALID_REQUEST, "header", "If-Match", FLAW_FORMAT, "entity-tag");
    }
    if (none_match && !is_list(none_match)) {
        return fail_at(req, INVALID_REQUEST, "header", "If-None-Match", FLAW_FORMAT, "entity-tag");
    }
    return true;
}

const char *precondition_versions(const struct request *req)
{
    const char *match = request_header(req, "If-Match");
    return match ? versions_in((struct request *)req, match) : NULL;
}

bool precondition_fits(struct request *req, const PGresult *rows)
{
    const char *match = request_header(req, "If-Match");
    const char *present = PQgetvalue(rows, 0, PQfnumber(rows, version_column));
    struct tag tag;
    if (!match || strcmp(match, "*") == 0) {
        return true;
    }
    while (next_tag(&match, &tag)) {
        const char *version = tag.weak ? NULL : version_of(req->arena, &tag);
        if (version && strcmp(version, present) == 0) {
            return true;
        }
    }
    return fail(req, PRECONDITION_FAILED);
}

static const char *tag_of(struct request *req, const char *version)
{
    unsigned char hash[HASH_SIZE];
    char text[sodium_base64_ENCODED_LEN(HASH_SIZE, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)req->reply.body, req->reply.size,
                       NULL, 0);
    sodium_bin2base64(text, sizeof text, hash, sizeof hash,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return arena_printf(req->arena, "\"%s-%s\"", version, text);
}

static bool names(const char *list, const char *tag, bool weakly)
{
    struct tag item;
    if (strcmp(list, "*") == 0) {
        return true;
    }
    while (next_tag(&list, &item)) {
        if (item.size == strlen(tag) && memcmp(item.text, tag, item.size) == 0 &&
            (weakly || !item.weak)) {
            return true;
        }
    }
    return false;
}

bool precondition_tag(struct request *req, const PGresult *rows)
{
    int column = PQfnumber(rows, version_column);
    if (column < 0 || PQntuples(rows) == 0) {
        return true;
    }
    const char *tag = tag_of(req, PQgetvalue(rows, 0, column));
    const char *match = request_header(req, "If-Match");
    const char *none_match = request_header(req, "If-None-Match");
    reply_header(req, "ETag", tag);
    if (route_writes(req->route)) {
        return true; /* the statement has looked */
    }
    if (match && !names(match, tag, false)) {
        return fail(req, PRECONDITION_FAILED);
    }
    if (none_match && names(none_match, tag, true)) {
        reply_empty(req);
        req->reply.status = 304;
    }
    return true;
}
