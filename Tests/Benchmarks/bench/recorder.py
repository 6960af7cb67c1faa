"""Records what returnsd sends to Redis: a proxy between the two, for runs that are not measured."""

import os
import selectors
import socket
import threading


class Recorder:
    """Passes bytes on in both directions, and keeps those that go to Redis, per connection and in order."""

    def __init__(self, path, redis_socket):
        self.path = str(path)
        self._redis_socket = redis_socket
        self._lock = threading.Lock()
        self._recorded = {}
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen()
        self._selector.register(self._listener, selectors.EVENT_READ, None)
        self._wake, self._end = os.pipe()
        self._selector.register(self._wake, selectors.EVENT_READ, "end")
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def take(self):
        """The commands since the last call: (words, bytes) each, connection after connection."""
        with self._lock:
            recorded = [bytes(part) for part in self._recorded.values()]
            for part in self._recorded.values():
                part.clear()
        return [command for part in recorded for command in split_commands(part)]

    def end(self):
        os.write(self._end, b"x")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            if key.data != "end":
                key.fileobj.close()
        self._selector.close()
        os.close(self._wake)
        os.close(self._end)
        os.unlink(self.path)

    def _pass_on(self):
        while True:
            for key, _ in self._selector.select():
                if key.data == "end":
                    return
                if key.data is None:
                    self._accept()
                    continue
                other, kept = key.data
                data = key.fileobj.recv(1 << 20)
                if not data:
                    for end in (key.fileobj, other):
                        self._selector.unregister(end)
                        end.close()
                    break  # The rest of this round may name the sockets just closed.
                if kept is not None:
                    with self._lock:
                        kept.extend(data)
                other.sendall(data)

    def _accept(self):
        client, _ = self._listener.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._redis_socket)
        kept = bytearray()
        with self._lock:
            self._recorded[client.fileno()] = kept
        self._selector.register(client, selectors.EVENT_READ, (server, kept))
        self._selector.register(server, selectors.EVENT_READ, (client, None))


def split_commands(data):
    """Cuts RESP commands apart: (words, bytes) each. A command that is cut off is an error."""
    commands, at = [], 0
    while at < len(data):
        start = at
        line = data.index(b"\r\n", at)
        if data[at : at + 1] != b"*":
            raise ValueError(f"no RESP command at byte {at}")
        words = []
        count = int(data[at + 1 : line])
        at = line + 2
        for _ in range(count):
            line = data.index(b"\r\n", at)
            end = line + 2 + int(data[at + 1 : line])
            words.append(data[line + 2 : end])
            at = end + 2
        if at > len(data):
            raise ValueError("the last command is cut off")
        commands.append((words, data[start:at]))
    return commands
