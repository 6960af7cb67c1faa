"""Ports of the tests' own, for clients that are to meet something other than a server."""

import contextlib
import socketserver
import threading


@contextlib.contextmanager
def listening(talk):
    """Gives each connection to a port of this machine to `talk`, in a thread of its own; yields
    "127.0.0.1:PORT". What goes wrong in a talk ends its connection alone."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.settimeout(20)
            with contextlib.suppress(OSError, AssertionError):
                talk(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
