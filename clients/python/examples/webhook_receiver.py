"""Receives webhooks: verifies each post's signature, takes each event once.

    python webhook_receiver.py 8080 erp.secret

Behind a server that speaks TLS, unless Returns runs on the same machine. Copy `verify`; it is all that a
receiver needs of the convention (Standard Webhooks). Answer 2xx only when the event is safe with you: until
then it comes again.

The body is the JSON form of the message Event (Protocol/returns/v1/event.proto): field names in
lowerCamelCase, enumerations by name, 64-bit numbers as strings, and fields at their default left out.

A receiver that was away for too long gets an event of the type EVENT_TYPE_EVENTS_LOST: some were not posted
to it. It then reads again the cases changed since the time that this event names. With storeSetBack the store
itself was set back: what was posted since that time may never have happened. So it also reads again every
case that it was told of since then.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import pathlib
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What was signed longer ago may have been overheard and sent again.
AGE_SECONDS_MAX = 300
BODY_BYTES_MAX = 1 << 20


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None) -> str:
    """Returns the event's id; raises ValueError for a post that did not come from who knows the secret.

    Header names are in lower case. The body has to be the bytes as they came: JSON that was read and written
    again is other bytes.
    """
    event = headers.get("webhook-id", "")
    seconds = headers.get("webhook-timestamp", "")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{event}.{seconds}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    signatures = headers.get("webhook-signature", "").split()
    # As bytes, since a text that is not ASCII cannot be compared.
    if not any(
        hmac.compare_digest(expected.encode(), signature.encode(errors="replace")) for signature in signatures
    ):
        raise ValueError("the signature is not by our secret")
    if abs((time.time() if now is None else now) - int(seconds)) > AGE_SECONDS_MAX:
        raise ValueError("the signature is too old")
    return event


def resync_advice(event: Mapping[str, Any]) -> str | None:
    """What to do about events that were lost; None for every other event."""
    if event.get("type") != "EVENT_TYPE_EVENTS_LOST":
        return None
    lost = event["eventsLost"]
    since = time_text(int(lost.get("changedSinceMs", 0)))
    seen = ""
    if lost.get("storeSetBack"):
        seen = f" every case that was told of here since {since}, and"
    through = time_text(int(lost["resyncedThroughMs"]))
    return (
        f"events were lost; read again{seen or ':'} returnsctl case list --changed-since {since}; "
        f"then: returnsctl webhook resynced NAME --through {through}"
    )


def time_text(milliseconds: int) -> str:
    """As returnsctl takes it: 2025-11-25T12:20:00.456Z."""
    seconds, rest = divmod(milliseconds, 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:03}Z"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("port", type=int, help="where to listen, on 127.0.0.1")
    parser.add_argument("secret_file", type=pathlib.Path, help="file with the webhook's secret")
    options = parser.parse_args()
    try:
        port, secret = options.port, options.secret_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as problem:
        parser.error(f"the secret cannot be read: {problem}")
    # Of a real receiver: a table with the id as its key, written with whatever the event causes.
    seen: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("content-length", "0")
            if not (length.isascii() and length.isdigit()):
                return self.send_error(400)
            size = int(length) if len(length) < 10 else BODY_BYTES_MAX + 1
            if size > BODY_BYTES_MAX:
                return self.send_error(413)
            body = self.rfile.read(size)
            try:
                headers = {name.lower(): value for name, value in self.headers.items()}
                event = verify(secret, headers, body)
            except ValueError as problem:
                return self.send_error(401, str(problem))
            if event not in seen:
                seen.add(event)
                fact = json.loads(body)
                print(json.dumps(fact), flush=True)
                if advice := resync_advice(fact):
                    print(advice, file=sys.stderr, flush=True)
            self.send_response(204)
            self.end_headers()

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
