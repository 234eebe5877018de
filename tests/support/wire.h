/* Raw bytes to a server, for what a well-behaved client would never send, or not read. */
#ifndef ANSINH_TEST_WIRE_H
#define ANSINH_TEST_WIRE_H

#include <stddef.h>

/* A connection to 127.0.0.1:port; reading gives up after ten seconds. */
int wire_open(unsigned port);
void wire_send(int fd, const char *bytes);
/* Reads one reply (head, and the body that Content-Length promises); the text lives until the next
 * call. Empty when the server closed without a word. */
const char *wire_reply(int fd);
/* The status of a reply, 0 when there is none. */
int wire_status(const char *reply);
/* A GET as a login, ready to be sent. */
const char *wire_get(const char *login, const char *path);

#endif
