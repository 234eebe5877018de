/* What identifies a request. */
#include "middleware/fingerprint.h"

#include <sodium.h>
#include <string.h>

static void add_text(crypto_generichash_state *state, const char *text)
{
    crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1);
}

/* The empty name ends the query, so that a parameter cannot pass for a part of the body. */
const char *fingerprint_of(struct request *req)
{
    unsigned char hash[32];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    add_text(&state, req->path);
    for (int i = 0; i < req->query_count; i++) {
        add_text(&state, req->query[i].name);
        add_text(&state, req->query[i].value);
    }
    add_text(&state, "");
    if (req->json) {
        add_text(&state, request_body_text(req));
    } else if (req->body_size > 0) {
        crypto_generichash_update(&state, (const unsigned char *)req->body, req->body_size);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    char *hex = arena_alloc(req->arena, 2 * sizeof hash + 1);
    return sodium_bin2hex(hex, 2 * sizeof hash + 1, hash, sizeof hash);
}
