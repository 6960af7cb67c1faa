// What the Swift module of the C library leaves out.

#ifndef CPOLL_H
#define CPOLL_H

#include <poll.h>
#include <stdint.h>

/// `ppoll` without a signal mask. Waits without end when `nanoseconds` is negative.
int cpoll_wait(struct pollfd *polled, unsigned long count, int64_t nanoseconds);

/// Lets this thread's timers fire when they are due: the kernel's default is up to 50 µs later.
void cpoll_precise_timers(void);

#endif
