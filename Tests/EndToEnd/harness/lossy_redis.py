"""A way to Redis on which a command is run, its reply is lost, and Redis cannot be reached for a while."""

import contextlib
import os
import socket
import threading

_TOKEN = b"lossy-redis-marks-the-end"


class LossyRedis:
    """A Unix socket before a redis-server's. It passes everything on until it is armed."""

    def __init__(self, path, redis_socket):
        self.path = str(path)
        self.lost = 0
        self._redis_socket = str(redis_socket)
        self._lock = threading.Lock()
        self._marker = None
        self._refuse_seconds = 0.0
        self._connections = set()
        self._listener = None
        self._timer = None
        self._has_ended = False
        self._listen()

    @property
    def url(self):
        return f"unix://{self.path}"

    def arm(self, marker, refuse_seconds):
        """The next command that holds these bytes loses its reply; then nobody gets in for so long."""
        with self._lock:
            self._marker, self._refuse_seconds = marker, refuse_seconds

    def disarm(self):
        with self._lock:
            self._marker = None

    def end(self):
        with self._lock:
            self._has_ended = True
            if self._timer is not None:
                self._timer.cancel()
        self._close()

    def _listen(self):
        with self._lock:
            if self._has_ended:
                return
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(self.path)
            self._listener.listen(64)
            listener = self._listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            redis = socket.socket(socket.AF_UNIX)
            redis.connect(self._redis_socket)
            with self._lock:
                self._connections |= {client, redis}
            swallows = threading.Event()
            threading.Thread(target=self._commands, args=(client, redis, swallows), daemon=True).start()
            threading.Thread(target=self._replies, args=(client, redis, swallows), daemon=True).start()

    def _commands(self, client, redis, swallows):
        waiting = b""
        try:
            while data := client.recv(65_536):
                waiting += data
                while (end := _command_end(waiting)) is not None:
                    command, waiting = waiting[:end], waiting[end:]
                    if not self._is_to_be_lost(command):
                        redis.sendall(command)
                        continue
                    swallows.set()
                    # Its reply comes behind that of the command, so Redis has run the command by then.
                    redis.sendall(command + b"*2\r\n$4\r\nECHO\r\n$%d\r\n%s\r\n" % (len(_TOKEN), _TOKEN))
                    return
            redis.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _replies(self, client, redis, swallows):
        swallowed = b""
        try:
            while data := redis.recv(65_536):
                if not swallows.is_set():
                    client.sendall(data)
                    continue
                swallowed += data
                if _TOKEN in swallowed:
                    self._cut()
                    return
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _is_to_be_lost(self, command):
        with self._lock:
            if self._marker is None or self._marker not in command:
                return False
            self._marker = None
            return True

    def _cut(self):
        self._close()
        with self._lock:
            self.lost += 1
            self._timer = threading.Timer(self._refuse_seconds, self._listen)
            self._timer.start()

    def _close(self):
        with self._lock:
            listener, self._listener = self._listener, None
            connections, self._connections = self._connections, set()
        if listener is not None:
            os.unlink(self.path)
            # Wakes the thread that waits in accept().
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for each in connections:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def _command_end(data):
    """Where the first command ends (an array of bulk strings); None while it is not complete."""
    try:
        position = data.index(b"\r\n") + 2
        for _ in range(int(data[1 : position - 2])):
            line_end = data.index(b"\r\n", position)
            position = line_end + 2 + int(data[position + 1 : line_end]) + 2
    except ValueError:
        return None
    return position if position <= len(data) else None
