"""Clients that behave badly, all at once and in a process of their own: readers that do not read, writers of
a byte a second, and calls that are opened to be cancelled.

python -m bench.abuse ADDRESS TOKEN_FILE SECONDS; prints a line when everybody is
there, and what they did at the end, as JSON.
"""

import itertools
import json
import os
import pathlib
import resource
import struct
import sys
import time

from .idle import connect, hello

SLOW_READERS = 1_000
SLOW_WRITERS = 1_000
CANCELLED_CALLS = 100_000
# Below SPEC.md §9's cancelsMax for each of them, so that the server has to serve them all.
CANCELLING_CONNECTIONS = 50
CANCELS_AT_ONCE = 20
REQUEST, CANCEL, END, HAS_MESSAGE = 0x10, 0x13, 0x01, 0x08
SERVER_STREAMING_CALL, BIDIRECTIONAL_CALL = 0x7F04, 0x7F05
# Of each slow reader's call: as much as the server lets a call ask for, so that it never ends.
REPLIES, REPLY_BYTES = 500, 60_000


def frame(kind, flags, method, stream, payload):
    return struct.pack(">IBBHI", len(payload), kind, flags, method, stream) + payload


def request(method, stream, message=None):
    head = struct.pack(">I", 0) + bytes(16) + struct.pack(">H", 0)
    flags = 0 if message is None else END | HAS_MESSAGE
    return frame(REQUEST, flags, method, stream, head + (message or b""))


def varint(number):
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def plans(count, reply_bytes):
    """CallRequest.replies (field 2), each a ReplyPlan with payload_bytes (field 1)."""
    plan = b"\x08" + varint(reply_bytes)
    return (b"\x12" + varint(len(plan)) + plan) * count


def log_in(address, opening):
    connection = connect(address)
    connection.sendall(opening)
    answer = connection.recv(4_096)
    if len(answer) < 5 or answer[4] != 2:
        sys.exit(f"the server does not let an abuser in: {answer[:64]!r}")
    return connection


class Canceller:
    """Opens calls whose client would stream and cancels them, some
    at a time, as fast as the server lets it."""

    def __init__(self, connection):
        self.connection, self.stream, self.unsent = connection, 0, b""
        connection.setblocking(False)

    def go_on(self):
        """Returns how many calls were opened and cancelled."""
        done = 0
        if not self.unsent:
            for _ in range(CANCELS_AT_ONCE):
                self.stream += 1
                self.unsent += request(BIDIRECTIONAL_CALL, self.stream) + frame(
                    CANCEL, 0, 0, self.stream, b"\x01"
                )
            done = CANCELS_AT_ONCE
        try:
            self.unsent = self.unsent[self.connection.send(self.unsent) :]
            self.connection.recv(65_536)
        except BlockingIOError:
            pass
        return done


def main(address, token_file, seconds):
    # In truth these are other machines, which would not take the processor from those that are measured.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    opening = hello(pathlib.Path(token_file).read_bytes().strip())
    readers = [log_in(address, opening) for _ in range(SLOW_READERS)]
    asked = request(SERVER_STREAMING_CALL, 1, plans(REPLIES, REPLY_BYTES))
    for reader in readers:
        reader.sendall(asked)
    writers = [log_in(address, opening) for _ in range(SLOW_WRITERS)]
    slow = request(SERVER_STREAMING_CALL, 1, plans(1, 1))
    cancellers = [Canceller(log_in(address, opening)) for _ in range(CANCELLING_CONNECTIONS)]
    turns = itertools.cycle(cancellers)
    print("ready", flush=True)

    began = time.monotonic()
    ended = written = cancelled = 0
    while (passed := time.monotonic() - began) < seconds:
        # A byte a second from each writer, a tenth of them at a time.
        while written < min(passed * SLOW_WRITERS, len(slow) * SLOW_WRITERS):
            number = written % SLOW_WRITERS
            try:
                writers[number].send(slow[written // SLOW_WRITERS :][:1])
            except OSError:
                ended += 1
            written += 1
        # Spread evenly over the time: one connection after the other, each with some at once.
        if cancelled < CANCELLED_CALLS * passed / seconds:
            cancelled += next(turns).go_on()
        else:
            time.sleep(0.001)
    print(json.dumps({"cancelled": cancelled, "bytes_written_slowly": written, "slow_writers_ended": ended}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
