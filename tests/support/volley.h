/* Several requests at the same moment, each on a connection of its own. */
#ifndef ANSINH_TEST_VOLLEY_H
#define ANSINH_TEST_VOLLEY_H

enum { VOLLEY = 16 };

struct shot {
    const char *request; /* the whole text of it */
    int status;          /* 0 when no whole answer came */
    char answer[8192];
};

/* A request of the login as text; `headers` are lines that end in \r\n. */
const char *volley_request(const char *login, const char *method, const char *path,
                           const char *headers, const char *body);
/* Sends all of them, up to VOLLEY, and waits for the answers. */
void volley(struct shot *shots, int count);
/* How many were answered with this status. */
int volley_count(const struct shot *shots, int count, int status);

#endif
