#define _GNU_SOURCE
#include "cpoll.h"

#include <stddef.h>
#include <sys/prctl.h>
#include <time.h>

int cpoll_wait(struct pollfd *polled, unsigned long count, int64_t nanoseconds) {
    struct timespec timeout = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(polled, count, nanoseconds < 0 ? NULL : &timeout, NULL);
}

void cpoll_precise_timers(void) {
    prctl(PR_SET_TIMERSLACK, 1);
}
