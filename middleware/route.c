/* Finding the route of a path: a tree of segments, so that a hundred routes cost what ten do. */
#include "middleware/route.h"

#include <stdlib.h>
#include <string.h>

#include "middleware/problem.h"

const char *const method_names[METHOD_COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
const char *const permission_names[PERMISSION_COUNT] = {
    [NOTHING] = "nothing",
    [OWN_ACCOUNT] = "own_account",
    [USER_READ] = "user_read",
    [USER_MANAGE] = "user_manage",
    [UNIT_READ] = "unit_read",
    [UNIT_WRITE] = "unit_write",
    [NETWORK_READ] = "network_read",
    [NETWORK_WRITE] = "network_write",
    [TARGET_READ] = "target_read",
    [TARGET_ASSIGN] = "target_assign",
    [TARGET_ACCEPT] = "target_accept",
    [FIGURE_READ] = "figure_read",
    [FIGURE_WRITE] = "figure_write",
    [PERSON_READ] = "person_read",
    [PERSON_WRITE] = "person_write",
    [IDENTITY_REVEAL] = "identity_reveal",
    [AUDIT_READ] = "audit_read",
    [ENROLMENT_READ] = "enrolment_read",
    [ENROLMENT_WRITE] = "enrolment_write",
    [ENROLMENT_DECIDE] = "enrolment_decide",
    [PROGRESS_READ] = "progress_read",
    [RATE_READ] = "rate_read",
    [RATE_WRITE] = "rate_write",
};

enum { MAX_CHILDREN = 48 };

struct node {
    char *segment; /* literal text, or the name inside {} */
    bool variable;
    const struct route *routes[METHOD_COUNT];
    int child_count;
    struct node *children[MAX_CHILDREN]; /* literals first, the variable one last */
};

struct route_table {
    struct node root;
    const struct route *rows;
    size_t count;
};

static struct node *node_new(const char *segment, size_t size)
{
    struct node *node = memory_or_stop(sizeof *node);
    node->variable = segment[0] == '{';
    size_t skip = node->variable ? 1 : 0;
    node->segment = memory_or_stop(size + 1);
    memcpy(node->segment, segment + skip, size - 2 * skip);
    return node;
}

static struct node *node_child(struct node *node, const char *segment, size_t size)
{
    bool variable = segment[0] == '{';
    for (int i = 0; i < node->child_count; i++) {
        struct node *child = node->children[i];
        bool same = !variable && strlen(child->segment) == size &&
                    memcmp(child->segment, segment, size) == 0;
        if (child->variable == variable && (variable || same)) {
            return child;
        }
    }
    if (node->child_count == MAX_CHILDREN) {
        abort(); /* a table that outgrew the tree is a programming error, seen at the first start */
    }
    struct node *child = node_new(segment, size);
    int at = node->child_count++;
    if (at > 0 && node->children[at - 1]->variable) {
        node->children[at] = node->children[at - 1];
        at--;
    }
    node->children[at] = child;
    return child;
}

static void node_release(struct node *node)
{
    for (int i = 0; i < node->child_count; i++) {
        node_release(node->children[i]);
        free(node->children[i]);
    }
    free(node->segment);
}

struct route_table *route_table_new(const struct route *routes, size_t count)
{
    struct route_table *table = memory_or_stop(sizeof *table);
    table->rows = routes;
    table->count = count;
    for (size_t i = 0; i < count; i++) {
        struct node *node = &table->root;
        for (const char *at = routes[i].path; *at == '/';) {
            const char *segment = at + 1;
            size_t size = strcspn(segment, "/");
            node = node_child(node, segment, size);
            at = segment + size;
        }
        node->routes[routes[i].method] = &routes[i];
    }
    return table;
}

void route_table_free(struct route_table *table)
{
    if (table) {
        node_release(&table->root);
        free(table);
    }
}

const struct route *route_table_rows(const struct route_table *table, size_t *count)
{
    *count = table->count;
    return table->rows;
}

bool route_writes(const struct route *route)
{
    return route->method != METHOD_GET &&
           !(route->method == METHOD_POST && route->permission == RATE_READ);
}

static const struct node *child_matching(const struct node *node, const char *segment, size_t size)
{
    for (int i = 0; i < node->child_count; i++) {
        const struct node *child = node->children[i];
        if (child->variable ||
            (strlen(child->segment) == size && memcmp(child->segment, segment, size) == 0)) {
            return child;
        }
    }
    return NULL;
}

static const struct node *node_of_path(struct request *req)
{
    const struct node *node = &req->service->routes->root;
    for (const char *at = req->path; *at == '/' && node;) {
        const char *segment = at + 1;
        size_t size = strcspn(segment, "/");
        node = child_matching(node, segment, size);
        if (node && node->variable) {
            if (req->path_value_count == MAX_PATH_VALUES) {
                return NULL;
            }
            req->path_values[req->path_value_count++] =
                (struct pair){node->segment, arena_strndup(req->arena, segment, size)};
        }
        at = segment + size;
    }
    return node;
}

static const char *allowed_methods(struct request *req, const struct node *node)
{
    const char *allow = "OPTIONS";
    for (int m = METHOD_COUNT - 1; m >= 0; m--) {
        if (node->routes[m]) {
            allow = arena_printf(req->arena, "%s%s, %s", method_names[m],
                                 m == METHOD_GET ? ", HEAD" : "", allow);
        }
    }
    return allow;
}

static bool node_is_path(const struct node *node)
{
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (node->routes[m]) {
            return true;
        }
    }
    return false;
}

bool route_find(struct request *req)
{
    const struct node *node = node_of_path(req);
    if (!node || !node_is_path(node)) {
        return fail(req, NOT_FOUND);
    }
    const char *name = req->method_name;
    req->head_only = strcmp(name, "HEAD") == 0;
    if (req->head_only) {
        name = "GET";
    }
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (node->routes[m] && strcmp(method_names[m], name) == 0) {
            req->route = node->routes[m];
            return true;
        }
    }
    reply_header(req, "Allow", allowed_methods(req, node));
    if (strcmp(name, "OPTIONS") == 0) {
        req->reply.status = 204;
        return false; /* answered: no problem is set, serve() sends the reply as it stands */
    }
    return fail(req, METHOD_NOT_ALLOWED);
}
