/* Errands: what a job asks on behalf of its requester. An errand is a request of the operation's own route
 * that came from nobody's connection: it opens the requester's session, passes the gates of permission
 * and contract, and its statements are the operation's. So a job sees and may what its requester does. */
#ifndef ANSINH_ERRAND_H
#define ANSINH_ERRAND_H

#include "middleware/request.h"

/* On whose behalf; the texts must live as long as the errands. */
struct requester {
    struct caller caller;
    enum language language;
};

/* NULL where there is no such operation. It has an arena of its own, which errand_end frees. */
struct request *errand_new(const struct service *service, const struct token_keys *keys,
                           const struct requester *who, const char *operation_id);
void errand_end(struct request *errand);

/* A value of the query or the path, by which of both the operation knows it; false when it has room for no
 * more. What it does not know at all goes into the query, whose gate says so. */
bool errand_value(struct request *errand, const char *name, const char *value) must_check;
/* Whether the operation knows such a value of the query. */
bool errand_knows(const struct request *errand, const char *name);
/* Another operation within the same transaction. */
void errand_turn(struct request *errand, const char *operation_id);

#endif
