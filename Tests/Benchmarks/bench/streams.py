"""Recorded commands as streams for the ceiling program; stream.h describes the format."""

import struct

from .processes import BenchError

ENDS_OPERATION, SETUP = 1, 2
# What a server asks by itself once a second, whatever its clients do: the number of policies and the time.
HOUSEKEEPING = {b"HLEN", b"TIME"}


def record(kind, flags, command, expected=b""):
    return struct.pack(">cBHI", kind, flags, len(expected), len(command)) + expected + command


def write(path, records):
    path.write_bytes(b"RSTREAM1" + b"".join(records))
    return path


def mutations(commands):
    """The mutations among the commands, which have to be nothing else: each as its two loads and its commit, in the order of
    the commits.

    With many calls in flight their commands interleave on the one connection. The request record's key, which the second
    load reads and the commit writes, tells which belong together.
    """
    loads, found, last = {}, [], None
    for words, command in of_calls(commands):
        name = words[0].upper()
        if name == b"HMGET":
            last = command
        elif name == b"GET" and last is not None:
            loads[words[1]] = (last, command)
            last = None
        elif name == b"FCALL" and words[3] in loads:
            found.append((*loads.pop(words[3]), command))
        else:
            raise BenchError(f"an unexpected command in the recording: {b' '.join(words[:2]).decode()}")
    if loads or last is not None:
        raise BenchError(f"{len(loads)} recorded mutations have no commit")
    return found


def loads(commands):
    """The loads among the commands, which have to be nothing else."""
    found = []
    for words, command in of_calls(commands):
        if words[0].upper() != b"HMGET" or b":case:" not in words[1]:
            raise BenchError(f"an unexpected command in the recording: {words[0].decode()}")
        found.append(command)
    return found


def of_calls(commands):
    return [command for command in commands if command[0][0].upper() not in HOUSEKEEPING]


def setup_records(found):
    return [record(b"C", SETUP, commit, b"OK") for _, _, commit in found]


def mutation_records(found):
    records = []
    for load, request, commit in found:
        records += [record(b"H", 0, load), record(b"N", 0, request), record(b"C", ENDS_OPERATION, commit, b"OK")]
    return records


def load_records(found):
    return [record(b"H", ENDS_OPERATION, command) for command in found]
