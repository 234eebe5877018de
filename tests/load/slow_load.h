/* Clients that send the head of a request a line a second and never end it, and come again when they are
 * sent away. */
#ifndef ANSINH_LOAD_SLOW_H
#define ANSINH_LOAD_SLOW_H

struct slow_load;

/* Connects all of them, then keeps them at it in a thread of its own. */
struct slow_load *slow_start(unsigned port, int clients);
void slow_stop(struct slow_load *slow);

#endif
