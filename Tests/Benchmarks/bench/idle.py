"""Connections that have logged in and then say nothing: what returnsd keeps for each."""

import resource
import socket
import struct

from .processes import BenchError

PREFACE = bytes.fromhex("895243500D0A1A01")
# SPEC.md §4.1: versions, features, limits, name; then a token.
FEATURES = 0x05
TIMEOUT_SECONDS = 10


def hello(token):
    name = b"bench-idle"
    payload = struct.pack(">BBIII", 1, 1, FEATURES, 262_144, 4_194_304) + bytes([len(name)]) + name
    payload += struct.pack(">BH", 1, len(token)) + token
    return PREFACE + struct.pack(">IBBHI", len(payload), 1, 0, 0, 0) + payload


def connect(address):
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT_SECONDS)
        connection.connect(address.removeprefix("unix:"))
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), TIMEOUT_SECONDS)


def measure(server, count):
    """Memory before and with `count` idle connections; fewer where the limit of open files allows no more."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(count, hard - 1_000)
    opening = hello((server.data / "admin.token").read_bytes().strip())
    before = server.resident_bytes()
    connections = []
    try:
        for _ in range(count):
            connection = connect(server.address)
            connections.append(connection)
            connection.sendall(opening)
            answer = connection.recv(4_096)
            if len(answer) < 5 or answer[4] != 2:
                raise BenchError(f"the server does not let an idle connection in: {answer[:64]!r}")
        with_them = server.resident_bytes()
    finally:
        for connection in connections:
            connection.close()
    return {
        "connections": count,
        "resident_bytes_before": before,
        "resident_bytes": with_them,
        "bytes_per_connection": (with_them - before) / count,
    }
