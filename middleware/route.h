/* The shape of an endpoint: one row. Finding the row that a request means. */
#ifndef ANSINH_ROUTE_H
#define ANSINH_ROUTE_H

#include "middleware/request.h"

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_COUNT };
extern const char *const method_names[METHOD_COUNT];

/* Tiers that may call, as bits. Zero means nobody: a forgotten column denies. */
enum tier {
    TIER_NATION = 1,
    TIER_PROVINCE = 2,
    TIER_DISTRICT = 4,
    TIER_COMMUNE = 8,
    TIER_AGENT = 16,
    ANY_TIER = 31,
    ANYONE = 32 /* without sign-in */
};

/* What the caller's duty must include. */
enum permission {
    NOTHING,
    OWN_ACCOUNT,
    USER_READ,
    USER_MANAGE,
    UNIT_READ,
    UNIT_WRITE,
    NETWORK_READ,
    NETWORK_WRITE,
    TARGET_READ,
    TARGET_ASSIGN,
    TARGET_ACCEPT,
    FIGURE_READ,
    FIGURE_WRITE,
    PERSON_READ,
    PERSON_WRITE,
    IDENTITY_REVEAL,
    AUDIT_READ,
    ENROLMENT_READ,
    ENROLMENT_WRITE,
    ENROLMENT_DECIDE,
    PROGRESS_READ,
    RATE_READ,
    RATE_WRITE,
    PERMISSION_COUNT
};
extern const char *const permission_names[PERMISSION_COUNT];

struct route {
    enum method method;
    const char *path; /* literal segments and {names} */
    unsigned tiers;
    enum permission permission;
    const char *operation_id; /* the handler's name */
    bool (*handler)(struct request *req);
    bool audited; /* a read that writes its audit line in the same statement */
    bool guarded; /* a write that must say by If-Match which version it means to change */
};

#define ROUTE_ROW(method, path, tiers, permission, handler, audited, guarded)                      \
    {                                                                                              \
        METHOD_##method, path, tiers, permission, #handler, handler, audited, guarded              \
    }
#define ROUTE(method, path, tiers, permission, handler)                                            \
    ROUTE_ROW(method, path, tiers, permission, handler, false, false)
#define AUDITED(method, path, tiers, permission, handler)                                          \
    ROUTE_ROW(method, path, tiers, permission, handler, true, false)
#define GUARDED(method, path, tiers, permission, handler)                                          \
    ROUTE_ROW(method, path, tiers, permission, handler, false, true)

struct route_table;
struct route_table *route_table_new(const struct route *routes, size_t count);
void route_table_free(struct route_table *table);
const struct route *route_table_rows(const struct route_table *table, size_t *count);

/* Stage: the row of this path and method. NOT_FOUND for an unknown path, METHOD_NOT_ALLOWED with
 * Allow for a known one; HEAD counts as GET; OPTIONS is answered 204 with Allow. */
bool route_find(struct request *req) must_check;

/* A write is any method but GET, except a question that is too long for a URL (POST with a permission
 * that only reads): it takes a connection of the write lane and may change rows. */
bool route_writes(const struct route *route);

#endif
