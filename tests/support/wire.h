/* Raw bytes to a server, for what a well-behaved client would never send, or not read. */
#ifndef ANSINH_TEST_WIRE_H
#define ANSINH_TEST_WIRE_H

#include <stdbool.h>
#include <stddef.h>

/* A connection to 127.0.0.1:port; reading gives up after ten seconds. */
int wire_open(unsigned port);
/* The same to [::1]. */
int wire_open_six(unsigned port);
/* A port that nobody listens on; for what cannot say which one it took. */
unsigned wire_free_port(void);
/* A socket that listens on a free port of 127.0.0.1, to be handed to a server. */
int wire_listen(unsigned *port);
/* Is anybody listening there? */
bool wire_try(unsigned port);
void wire_send(int fd, const char *bytes);
void wire_send_bytes(int fd, const char *bytes, size_t size);
/* Nothing more is sent; replies can still be read. */
void wire_send_end(int fd);
/* All that the server says until it closes. */
const char *wire_rest(int fd);
/* The server says nothing more and closes: waits for it, ten seconds at most. */
bool wire_ends(int fd);
/* Reads one reply (head, and the body that Content-Length promises); the text lives until the next
 * call. Empty when the server closed without a word. */
const char *wire_reply(int fd);
/* The status of a reply, 0 when there is none. */
int wire_status(const char *reply);
/* A GET as a login, ready to be sent. */
const char *wire_get(const char *login, const char *path);

#endif
