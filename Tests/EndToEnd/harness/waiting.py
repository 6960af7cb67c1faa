"""Waiting for what happens elsewhere: always for a condition, never for a fixed time."""

import time


def wait_until(condition, what, seconds=20.0, pause=0.01):
    """Returns the first true value of condition(); fails with what was waited for when time is over."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(pause)
