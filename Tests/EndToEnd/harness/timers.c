/* libfaketime moves the absolute times of every timer by what it moves the wall clock, also of timers on monotonic clocks, on which
 * Swift's sleeps are: they would last an hour longer. This goes past it, as no step of a real clock touches them either. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

int timerfd_settime(int timer, int flags, const struct itimerspec *new_value, struct itimerspec *old_value) {
    return (int)syscall(SYS_timerfd_settime, timer, flags, new_value, old_value);
}
