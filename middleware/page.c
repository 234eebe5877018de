/* Pages of a list. */
#include "middleware/page.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "middleware/problem.h"
#include "middleware/render.h"
#include "middleware/route.h"
#include "middleware/token.h"

enum { MAC_SIZE = 16, CURSOR_MAX = 512 };

int page_limit(const struct request *req)
{
    const char *limit = request_query(req, "limit");
    long rows = limit ? strtol(limit, NULL, 10) : PAGE_DEFAULT;
    return rows > PAGE_MAX ? PAGE_MAX : (int)rows;
}

const char *page_rows(struct request *req)
{
    return arena_printf(req->arena, "%d", page_limit(req) + 1);
}

/* The MAC covers everything that makes this list this list; the page size may change on the way. */
static void sign(const struct request *req, const struct token_key *secret, const char *key,
                 size_t size, unsigned char *mac)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, secret->cursor_secret, sizeof secret->cursor_secret, MAC_SIZE);
    const char *parts[] = {req->route->operation_id, req->path, req->caller.user_id,
                           req->caller.generation, slice_names[req->caller.slice]};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        crypto_generichash_update(&state, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
    }
    for (int i = 0; i < req->query_count; i++) {
        const struct pair *filter = &req->query[i];
        if (strcmp(filter->name, "cursor") != 0 && strcmp(filter->name, "limit") != 0) {
            crypto_generichash_update(&state, (const unsigned char *)filter->name,
                                      strlen(filter->name) + 1);
            crypto_generichash_update(&state, (const unsigned char *)filter->value,
                                      strlen(filter->value) + 1);
        }
    }
    /* No filter has an empty name, so this ends them: a filter cannot pass for a part of the key. */
    crypto_generichash_update(&state, (const unsigned char *)"", 1);
    crypto_generichash_update(&state, (const unsigned char *)key, size);
    crypto_generichash_final(&state, mac, MAC_SIZE);
}

const char *page_cursor(struct request *req, const char *first, const char *second)
{
    size_t first_size = strlen(first) + 1;
    size_t size = first_size + strlen(second) + 1;
    unsigned char *plain = arena_alloc(req->arena, MAC_SIZE + size);
    memcpy(plain + MAC_SIZE, first, first_size);
    memcpy(plain + MAC_SIZE + first_size, second, size - first_size);
    sign(req, &req->keys->key[0], (const char *)plain + MAC_SIZE, size, plain);
    size_t room =
        sodium_base64_ENCODED_LEN(MAC_SIZE + size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *cursor = arena_alloc(req->arena, room);
    return sodium_bin2base64(cursor, room, plain, MAC_SIZE + size,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* With any of the live keys, so that a list goes on when a new key has come. */
static bool is_signed(const struct request *req, const char *key, size_t size,
                      const unsigned char *mac)
{
    unsigned char wanted[MAC_SIZE];
    for (int i = 0; i < req->keys->count; i++) {
        sign(req, &req->keys->key[i], key, size, wanted);
        if (sodium_memcmp(wanted, mac, MAC_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

static bool open_cursor(struct request *req, const char *cursor, struct page_key *key)
{
    unsigned char *plain = arena_alloc(req->arena, CURSOR_MAX);
    size_t size = 0;
    if (sodium_base642bin(plain, CURSOR_MAX, cursor, strlen(cursor), NULL, &size, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) ||
        size < MAC_SIZE + 2 || plain[size - 1] != '\0') {
        return false;
    }
    const char *text = (const char *)plain + MAC_SIZE;
    if (!is_signed(req, text, size - MAC_SIZE, plain)) {
        return false;
    }
    key->first = text;
    key->second = text + strlen(text) + 1;
    return true;
}

bool page_key(struct request *req, struct page_key start, struct page_key *key)
{
    const char *cursor = request_query(req, "cursor");
    *key = start;
    return !cursor || open_cursor(req, cursor, key) ||
           fail_at(req, INVALID_CURSOR, "parameter", "cursor", FLAW_CURSOR, NULL);
}

/* Everything but what RFC 3986 lets stand in a path as it is. */
static void render_encoded(struct render *out, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    while (*text) {
        size_t size = strspn(text, plain);
        render_raw(out, text, size);
        text += size;
        if (*text) {
            char code[4];
            snprintf(code, sizeof code, "%%%02X", (unsigned char)*text++);
            render_text(out, code);
        }
    }
}

static void render_parameter(struct render *out, const char *name, const char *value)
{
    render_text(out, strchr(out->data, '?') ? "&" : "?");
    render_encoded(out, name);
    render_text(out, "=");
    render_encoded(out, value);
}

void page_link(struct request *req, const char *cursor)
{
    struct render out;
    render_init(&out, req->arena);
    render_text(&out, "<");
    render_encoded(&out, req->path);
    for (int i = 0; i < req->query_count; i++) {
        if (strcmp(req->query[i].name, "cursor") != 0) {
            render_parameter(&out, req->query[i].name, req->query[i].value);
        }
    }
    render_parameter(&out, "cursor", cursor);
    render_text(&out, ">; rel=\"next\"");
    reply_header(req, "Link", out.data);
}

bool page_key_newest(struct request *req, struct page_key *key)
{
    return page_key(req, (struct page_key){"infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
                    key);
}
