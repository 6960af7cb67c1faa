"""A receiver of webhooks: a real HTTP server that verifies every signature and answers as a test wants."""

import base64
import collections
import dataclasses
import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time

SECRET_PREFIX = "whsec_"
# Receivers refuse what was signed longer ago, so that nobody sends an old post again.
AGE_SECONDS_MAX = 300


def verify(secret, headers, body):
    """What a receiver does with each post: raises unless the sender knew the secret, a moment ago."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert abs(time.time() - int(headers["webhook-timestamp"])) < AGE_SECONDS_MAX
    assert any(
        hmac.compare_digest(found, f"v1,{expected}") for found in headers["webhook-signature"].split()
    ), "the signature is wrong"


@dataclasses.dataclass
class Post:
    event: dict
    answer: object
    at: float


# What a receiver may do beside answering with a status.
CLOSE, HANG = "close", "hang"


class Receiver:
    """Every post is remembered with how it was answered; `answers(event, attempt)` decides that. With the
    files of a certificate and its key it speaks https."""

    def __init__(self, answers=lambda event, attempt: 200, certificate=None):
        self.answers = answers
        self.secret = None
        self.posts, self.problems = [], []
        self.headers = {}
        self._attempts = collections.Counter()
        self._lock = threading.Lock()
        self._end = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver._take(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            # Python's own five are fewer than posts come at once; a connection
            # beyond them is tried again a second later.
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._server.server_port}/in"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def _take(self, call):
        body = call.rfile.read(int(call.headers["content-length"]))
        try:
            assert call.headers["content-type"] == "application/json"
            verify(self.secret, call.headers, body)
            event = json.loads(body)
            assert event["id"] == call.headers["webhook-id"]
        except Exception as problem:
            self.problems.append(problem)
            event = {"id": "?"}
        with self._lock:
            self._attempts[event["id"]] += 1
            answer = self.answers(event, self._attempts[event["id"]])
            self.posts.append(Post(event, answer, time.monotonic()))
        if answer in (CLOSE, HANG):
            if answer == HANG:
                self._end.wait(60)
            call.close_connection = True
            return
        status, extra = answer if isinstance(answer, tuple) else (answer, {})
        try:
            call.send_response(status)
            for name, value in {**extra, "content-length": "0"}.items():
                call.send_header(name, value)
            call.end_headers()
        except OSError:
            call.close_connection = True

    @property
    def taken(self):
        """Events that were answered with 2xx, in the order they came."""
        with self._lock:
            return [post.event for post in self.posts if post.answer == 200]

    @property
    def ids(self):
        return {event["id"] for event in self.taken}

    def end(self):
        self._end.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
