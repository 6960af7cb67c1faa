"""What a client of the schema's baseline sent, byte by byte, and what it was answered: recorded once, kept,
and sent again to the server of today.

The file is JSON: the names that differ with every run (`adapted`), each as it was recorded, and the calls in
their order. A call has its method, the frames that the client sent for it, and its replies by the baseline's
descriptors.
"""

import base64
import contextlib
import json
import pathlib
import socket
import struct
import threading

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from .wire import (
    COMPRESSED,
    HAS_MESSAGE,
    HELLO,
    HELLO_ACK,
    MESSAGE,
    MORE,
    OK,
    PREFACE,
    REQUEST,
    RESPONSE,
    Response,
    open_socket,
    read_frame,
)

ROOT = pathlib.Path(__file__).resolve().parents[3]
BASELINE = ROOT / "Protocol" / "baseline.binpb"
RECORDING = ROOT / "Tests" / "EndToEnd" / "old_client" / "session.json"
HEADER = struct.Struct(">IBBHI")


class Schema:
    """Messages by the baseline's descriptors, which no generated code of today has a part in."""

    def __init__(self, path=BASELINE):
        files = descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes())
        pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            pool.Add(file)
        self._pool = pool
        self._ids = pool.FindExtensionByName("rcp.method_id")
        options = message_factory.GetMessageClass(pool.FindMessageTypeByName("google.protobuf.MethodOptions"))
        self.methods = {}
        for file in files.file:
            for service in file.service:
                found = pool.FindServiceByName(f"{file.package}.{service.name}")
                for method in found.methods:
                    read = options.FromString(method.GetOptions().SerializeToString())
                    self.methods[read.Extensions[self._ids]] = method

    def reply(self, method, data):
        """The reply's fields as JSON has them, without those that the baseline does not know."""
        message = message_factory.GetMessageClass(method.output_type).FromString(data)
        return json_format.MessageToDict(message)


# Recording


class Tap:
    """Listens where a client connects, passes everything on, and keeps what the client sent."""

    def __init__(self, path, address):
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self.address = f"unix:{path}"
        self._server = open_socket(address)
        self._sent = bytearray()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self):
        self._client, _ = self._listener.accept()
        self._listener.close()
        self._server.settimeout(None)
        back = threading.Thread(target=self._pass, args=(self._server, self._client, None), daemon=True)
        self._threads.append(back)
        back.start()
        self._pass(self._client, self._server, self._sent)

    def _pass(self, source, target, kept):
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if kept is not None:
                    with self._lock:
                        kept.extend(data)
                target.sendall(data)

    def take(self):
        """What was sent since the last time, in whole frames."""
        with self._lock:
            data = bytes(self._sent)
            at = len(PREFACE) if data.startswith(PREFACE) else 0
            while len(data) - at >= HEADER.size:
                end = at + HEADER.size + HEADER.unpack_from(data, at)[0]
                if end > len(data):
                    break
                at = end
            del self._sent[:at]
            return data[:at]

    def end(self):
        for connection in (self._client, self._server):
            connection.close()


class Recording:
    """Gathers the calls of a session."""

    def __init__(self, schema):
        self._schema = schema
        self.adapted = {}
        self.hello = b""
        self.calls = []

    def add(self, method, frames, replies):
        names = {each.full_name: each for each in self._schema.methods.values()}
        found = names[method]
        self.calls.append(
            {
                "method": method,
                "frames": base64.b64encode(frames).decode(),
                "replies": [self._schema.reply(found, reply) for reply in replies],
            }
        )

    def write(self, path=RECORDING):
        path.parent.mkdir(exist_ok=True)
        content = {
            "adapted": {name: value.hex() for name, value in self.adapted.items()},
            "hello": base64.b64encode(self.hello).decode(),
            "calls": self.calls,
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


# Replaying


class Replay:
    """Sends a recorded session again, adapted in nothing but the names that differ with every run."""

    def __init__(self, address, path=RECORDING):
        self.schema = Schema()
        content = json.loads(path.read_text())
        self.recorded = {name: bytes.fromhex(value) for name, value in content["adapted"].items()}
        self.present = {}
        self._hello = base64.b64decode(content["hello"])
        self.calls = content["calls"]
        self._connection = open_socket(address)

    def adapt(self, data):
        """Each name has as many bytes as it had, so that no length changes."""
        for name, now in self.present.items():
            then = self.recorded[name]
            assert len(now) == len(then), f"{name} has another length than it had"
            data = data.replace(then, now)
        return data

    def enter(self):
        self._connection.sendall(self.adapt(self._hello))
        kind, payload = read_frame(self._connection)
        assert kind == HELLO_ACK, (kind, payload)

    def call(self, call):
        """Sends the frames of a call and returns its replies, as JSON has them."""
        frames = self.adapt(base64.b64decode(call["frames"]))
        stream, method = next(
            (stream, self.schema.methods[number])
            for kind, number, stream in headers(frames)
            if kind == REQUEST
        )
        assert method.full_name == call["method"]
        self._connection.sendall(frames)
        return list(self._replies(stream, method))

    def _replies(self, stream, method):
        """Those of one call; what comes for others, and what is no reply, is passed over."""
        while True:
            (kind, flags, found), payload = self._frame()
            if found != stream:
                continue
            assert not flags & (COMPRESSED | MORE), "a reply that is compressed, or in several frames"
            if kind == MESSAGE:
                yield self.schema.reply(method, payload)
            elif kind == RESPONSE:
                response = Response(payload)
                assert response.status == OK, f"{method.full_name}: {response.text}"
                if flags & HAS_MESSAGE:
                    yield self.schema.reply(method, response.message)
                return

    def _frame(self):
        head = self._read(HEADER.size)
        length, kind, flags, _, stream = HEADER.unpack(head)
        return (kind, flags, stream), self._read(length)

    def _read(self, count):
        data = b""
        while len(data) < count:
            piece = self._connection.recv(count - len(data))
            assert piece, "the server has closed the connection"
            data += piece
        return data

    def end(self):
        self._connection.close()


def headers(frames):
    at = len(PREFACE) if frames.startswith(PREFACE) else 0
    while at < len(frames):
        length, kind, _, method, stream = HEADER.unpack_from(frames, at)
        yield kind, method, stream
        at += HEADER.size + length


def hello_of(frames):
    """The preface with the HELLO, and what was sent behind it."""
    assert frames.startswith(PREFACE)
    length, kind, *_ = HEADER.unpack_from(frames, len(PREFACE))
    assert kind == HELLO
    end = len(PREFACE) + HEADER.size + length
    return frames[:end], frames[end:]


def varint(number):
    """As messages hold a time."""
    data = bytearray()
    while number >= 0x80:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*data, number])
