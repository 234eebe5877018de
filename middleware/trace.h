/* Which request this is, here and among all services that took part in it (W3C Trace Context).
 *
 * A caller's traceparent is continued: its trace id stays, the span is ours. One that breaks the rules is
 * as good as none, and a trace begins here. */
#ifndef ANSINH_TRACE_H
#define ANSINH_TRACE_H

enum { TRACE_ID_SIZE = 32, SPAN_ID_SIZE = 16 };

struct request;

struct trace {
    char trace_id[TRACE_ID_SIZE + 1];
    char span_id[SPAN_ID_SIZE + 1];
    unsigned char flags; /* 1: the caller records */
};

/* Gives the request its id, the client's own if that is plain, and its trace. */
void trace_begin(struct request *req);
/* When the answer is made: how long it took and in what, as Server-Timing, and both ids, in its head. */
void trace_tell(struct request *req);

#endif
