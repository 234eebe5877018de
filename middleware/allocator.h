/* No allocation of the server fails: it is done, or the process stops. A supervisor starts it anew, what
 * was not committed is not there, and clients ask again; an answer that is wrong nobody asks again. */
#ifndef ANSINH_ALLOCATOR_H
#define ANSINH_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>

/* What the process ends with. A signal would be a fault, this is a decision. */
enum { STATUS_OUT_OF_MEMORY = 71 };

/* Says so on stderr and ends the process at once; takes no memory itself. */
void memory_stop(void) __attribute__((noreturn));

#endif
