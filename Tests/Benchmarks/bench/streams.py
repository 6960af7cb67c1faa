"""Recorded commands as streams for the ceiling program; stream.h describes the format."""

import struct

from .processes import BenchError

ENDS_OPERATION, SETUP = 1, 2


def record(kind, flags, command, expected=b""):
    return struct.pack(">cBHI", kind, flags, len(expected), len(command)) + expected + command


def write(path, records):
    path.write_bytes(b"RSTREAM1" + b"".join(records))
    return path


def mutations(commands):
    """The mutations among the commands: each as its two loads and its commit, in the order of the commits.

    With many calls in flight their commands interleave on the one connection. The request record's key, which
    the second load reads and the commit writes, tells which belong together. Whatever else a server asks for,
    by itself or for others, is passed over; the caller knows how many mutations there have to be.
    """
    loads, found, last = {}, [], None
    for words, command in commands:
        name = words[0].upper()
        if name == b"HMGET" and is_record(words[1]):
            last = command
        elif name == b"GET" and b":request:" in words[1] and last is not None:
            loads[words[1]] = (last, command)
            last = None
        elif name == b"FCALL" and words[1].startswith(b"returns_commit"):
            keys = words[3 : 3 + int(words[2])]
            request = next((key for key in keys if key in loads), None)
            if request is None:
                raise BenchError("a recorded commit follows no load of its request")
            found.append((*loads.pop(request), command))
    if loads or last is not None:
        raise BenchError(f"{len(loads)} recorded mutations have no commit")
    return found


def loads(commands):
    """The loads of cases among the commands; what else a server asks for is passed over."""
    return [command for words, command in commands if words[0].upper() == b"HMGET" and b":case:" in words[1]]


def is_record(key):
    return b":order:" in key or b":case:" in key


def setup_records(found):
    return [record(b"C", SETUP, commit, b"OK") for _, _, commit in found]


def mutation_records(found):
    records = []
    for load, request, commit in found:
        records += [
            record(b"H", 0, load),
            record(b"N", 0, request),
            record(b"C", ENDS_OPERATION, commit, b"OK"),
        ]
    return records


def load_records(found):
    return [record(b"H", ENDS_OPERATION, command) for command in found]
