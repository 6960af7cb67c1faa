"""RCP/1 byte by byte (SPEC.md §3, §4), for clients that do what no client should."""

import contextlib
import socket
import struct
import urllib.parse
import zlib

# SPEC.md §3.2 and §3.3
HELLO, HELLO_ACK, REFUSED, PING, PONG, GOAWAY, REQUEST, MESSAGE, RESPONSE = (
    1,
    2,
    3,
    4,
    5,
    6,
    0x10,
    0x11,
    0x12,
)
END, MORE, COMPRESSED, HAS_MESSAGE = 1, 2, 4, 8
PREFACE = b"\x89RCP\r\n\x1a\x01"
FRAGMENTS_AND_STREAMING, FRAGMENTS_AND_COMPRESSION = 0x5, 0x3
FRAME_PAYLOAD_MAX, MESSAGE_MAX = 262_144, 4_194_304
OK, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, ABORTED = 0, 3, 8, 10
APPLIED, NOT_APPLIED = 1, 2
OVERLOADED = 4

# Options of the .proto files.
ECHO, PUT_ORDER, GET_CASE, SUBSCRIBE = 0x0102, 0x0201, 0x0302, 0x0701


def frame(kind, payload, flags=0, method=0, stream=0):
    return struct.pack(">IBBHI", len(payload), kind, flags, method, stream) + payload


def read_frame(connection):
    def read(count):
        data = b""
        while len(data) < count:
            piece = connection.recv(count - len(data))
            assert piece, "the connection was closed"
            data += piece
        return data

    length, kind, *_ = struct.unpack(">IBBHI", read(12))
    return kind, read(length)


def hello(token, features=0):
    """By certificate, if there is no token."""
    credential = (token or "").encode()
    payload = struct.pack(">BBIIIB", 1, 1, features, FRAME_PAYLOAD_MAX, MESSAGE_MAX, 4) + b"test"
    payload += struct.pack(">BH", 1 if token else 2, len(credential)) + credential
    return PREFACE + frame(HELLO, payload)


def log_in(connection, token, features=0):
    connection.sendall(hello(token, features))
    assert read_frame(connection)[0] == HELLO_ACK


def request(method, stream, message=b"", total=None, timeout=0):
    """A read-only call: whole, or its first fragment."""
    head = struct.pack(">I16sH", timeout, b"", 0)
    if total is None:
        return frame(REQUEST, head + message, END | HAS_MESSAGE, method, stream)
    return frame(
        REQUEST,
        head + struct.pack(">I", total) + message,
        MORE | HAS_MESSAGE,
        method,
        stream,
    )


def open_socket(address, seconds=20):
    """To an address as returnsd prints it, without a byte sent."""
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        target = address.removeprefix("unix:")
    else:
        connection = socket.socket(socket.AF_INET)
        parts = urllib.parse.urlsplit(f"//{address}")
        target = (parts.hostname, parts.port)
    connection.settimeout(seconds)
    connection.connect(target)
    return connection


class Sockets:
    """Connections that are held open together."""

    def __init__(self, address, seconds=20):
        self.address = address
        self.seconds = seconds
        self._stack = contextlib.ExitStack()
        self.open = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def add(self):
        connection = self._stack.enter_context(open_socket(self.address, self.seconds))
        self.open.append(connection)
        return connection

    def add_small(self):
        """One of whose replies the kernel keeps little here, so that they stay unread at the server."""
        parts = urllib.parse.urlsplit(f"//{self.address}")
        connection = self._stack.enter_context(socket.socket(socket.AF_INET))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(self.seconds)
        connection.connect((parts.hostname, parts.port))
        self.open.append(connection)
        return connection

    def enter(self, token, features=0):
        """Says HELLO. Returns the connection, or the text and code with which it was refused."""
        connection = self.add()
        connection.sendall(hello(token, features))
        kind, payload = read_frame(connection)
        if kind == HELLO_ACK:
            return connection, None
        assert kind == REFUSED, kind
        code, _, _, length = struct.unpack(">HBBH", payload[:6])
        return None, (code, payload[6 : 6 + length].decode())


def mutation(method, stream, request_id, message, timeout=0, metadata=(), compressed=False, pieces=1):
    """A unary call that changes something, sent in one of the ways that leave it the same request."""
    pairs = b"".join(
        struct.pack(">B", len(key)) + key + struct.pack(">H", len(value)) + value for key, value in metadata
    )
    head = struct.pack(">I", timeout) + request_id + struct.pack(">H", len(pairs)) + pairs
    sent = struct.pack(">I", len(message)) + zlib.compress(message) if compressed else message
    flags = HAS_MESSAGE | (COMPRESSED if compressed else 0)
    if pieces == 1:
        return frame(REQUEST, head + sent, flags | END, method, stream)
    size = -(-len(sent) // pieces)
    first, *others = (sent[at : at + size] for at in range(0, len(sent), size))
    frames = frame(REQUEST, head + struct.pack(">I", len(sent)) + first, flags | MORE, method, stream)
    for piece in others[:-1]:
        frames += frame(MESSAGE, piece, HAS_MESSAGE | MORE, 0, stream)
    return frames + frame(MESSAGE, others[-1], HAS_MESSAGE | END, 0, stream)


class Response:
    """The fields of a RESPONSE but for its details and trailers (SPEC.md §6.3), of one in a single frame."""

    def __init__(self, payload):
        self.status, self.outcome, flags, _, self.retry_after, length = struct.unpack(">BBBBiH", payload[:10])
        self.replayed = bool(flags & 1)
        at = 10 + length
        self.text = payload[10:at].decode()
        (size,) = struct.unpack(">H", payload[at : at + 2])
        self.details = payload[at + 2 : at + 2 + size]
        at += 2 + size
        (size,) = struct.unpack(">H", payload[at : at + 2])
        self.message = payload[at + 2 + size :]
