/* Who is connected: how long each may take to ask and to take the answer, and what they all may hold.
 *
 * All deadlines are absolute, so a byte now and then gains nothing. A thread of its own sends away who is
 * late: with 408 in the midst of a request, without a word otherwise. All functions but the first two and
 * the last may be called by many threads, each for its own visitor. */
#ifndef ANSINH_VISITOR_H
#define ANSINH_VISITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct visitor_limits {
    int most;          /* at a time; who comes after them is surplus */
    uint64_t idle_ns;  /* for the next request line, on a connection that had one */
    uint64_t head_ns;  /* for the first request line, and from any to the end of its head */
    uint64_t body_ns;  /* from there to the end of the body */
    uint64_t reply_ns; /* for taking the answer */
    size_t bodies;     /* bytes that the bodies of all together may have */
};

struct visitors;
struct visitor;

struct visitors *visitors_new(const struct visitor_limits *limits);
/* No socket may be in use any more. */
void visitors_free(struct visitors *all);

int visitors_count(struct visitors *all);
/* From now on who asks for nothing is sent away after a moment. */
void visitors_leave(struct visitors *all);

/* The same for the same socket, until it is freed. */
struct visitor *visitor_new(struct visitors *all, int fd);
/* Before the socket is closed. */
void visitor_free(struct visitor *visitor);
bool visitor_is_surplus(const struct visitor *visitor);

/* A request on its way, in this order. */
void visitor_asks(struct visitor *visitor); /* the request line is here */
/* The head is here and a body follows, for which we shall hold `size` bytes; false when that is too much
 * together with what the others send. */
bool visitor_sends(struct visitor *visitor, size_t size);
/* The request is whole, nobody waits for the visitor now; false when it was sent away meanwhile. */
bool visitor_waits(struct visitor *visitor);
void visitor_takes(struct visitor *visitor); /* the answer is on its way */
void visitor_rests(struct visitor *visitor); /* the request is over, in whatever way */

#endif
