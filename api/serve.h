/* serve(), the way of every request. */
#ifndef ANSINH_SERVE_H
#define ANSINH_SERVE_H

#include "middleware/request.h"

/* The part of the way that needs the head alone. False when the request is answered already; then its
 * body, if one comes, is of no interest. */
bool serve_head(struct request *req);

/* While the body comes: so much of it is here. False when that is too much, and answered. */
bool serve_part(struct request *req, size_t size);

/* The rest of it; leaves a reply in every case. The request has its arena, its service and what came
 * off the wire; everything else is filled on the way. */
void serve(struct request *req);

/* The same for a request that nobody sent: what a job asks as its requester. Its route, caller, path values
 * and query are given; it passes the gates of permission and contract. False when it has a problem. */
bool serve_errand(struct request *req) must_check;

#endif
