"""A way to the server on which answers get lost."""

import socket
import struct
import threading

_HEADER = struct.Struct(">IBBHI")
_RESPONSE = 0x12


class LossyProxy:
    """A Unix socket before the server's that lets so many answers through, and then none."""

    def __init__(self, path, server):
        self.address = f"unix:{path}"
        self.requests_answered_by_server = 0
        self._server = server.removeprefix("unix:")
        self._answers_left = None
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._sockets = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def pass_on(self, answers):
        """Lets this many answers through; None is all."""
        with self._lock:
            self._answers_left = answers
            self.requests_answered_by_server = 0

    def end(self):
        for each in self._sockets:
            each.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            self._sockets += [client, server]
            threading.Thread(target=self._copy, args=(client, server), daemon=True).start()
            threading.Thread(target=self._copy_answers, args=(server, client), daemon=True).start()

    def _copy(self, source, target):
        try:
            while data := source.recv(65_536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _copy_answers(self, server, client):
        try:
            stream = server.makefile("rb")
            while header := stream.read(_HEADER.size):
                length, kind, *_ = _HEADER.unpack(header)
                payload = stream.read(length)
                if kind != _RESPONSE or self._may_pass():
                    client.sendall(header + payload)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _may_pass(self):
        with self._lock:
            self.requests_answered_by_server += 1
            if self._answers_left is None:
                return True
            self._answers_left -= 1
            return self._answers_left >= 0
