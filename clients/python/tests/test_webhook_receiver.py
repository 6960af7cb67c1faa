"""The example of a webhook's receiver verifies what the server signs, by a vector of the server's tests."""

import json
import pathlib
import subprocess
import sys

import pytest
import webhook_receiver
from google.protobuf.json_format import MessageToJson
from webhook_receiver import resync_advice, verify

from returns_client.returns_v1 import Event, EventsLostDetail

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
BODY = b'{"id":"p03-17-0"}'
SECONDS = 1_764_073_200
HEADERS = {
    "webhook-id": "p03-17-0",
    "webhook-timestamp": str(SECONDS),
    "webhook-signature": "v1,other v1,yA1g573oA3d4UVlchaRfwAwUplzA0mf3MRDaoTqp+AQ=",
}


def test_the_servers_signature_is_good() -> None:
    assert verify(SECRET, HEADERS, BODY, now=SECONDS + 299) == "p03-17-0"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "p03-18-0"},
        {"webhook-timestamp": str(SECONDS + 1)},
        {"webhook-signature": "v1,"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v1,\ud800"},
        {"webhook-id": "p03-17-é"},
        {"webhook-timestamp": "é"},
    ],
)
def test_whatever_is_changed_is_noticed(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not by our secret"):
        verify(SECRET, HEADERS | change, BODY, now=SECONDS)


def test_another_body_secret_or_time_is_noticed() -> None:
    with pytest.raises(ValueError, match="not by our secret"):
        verify(SECRET, HEADERS, BODY + b" ", now=SECONDS)
    with pytest.raises(ValueError, match="not by our secret"):
        verify("whsec_AAAA", HEADERS, BODY, now=SECONDS)
    with pytest.raises(ValueError, match="too old"):
        verify(SECRET, HEADERS, BODY, now=SECONDS + 301)


def test_a_notice_of_lost_events_says_what_to_read_again() -> None:
    event = Event(
        type="EVENT_TYPE_EVENTS_LOST",
        events_lost=EventsLostDetail(
            changed_since_ms=1_764_073_190_000, resynced_through_ms=1_764_073_200_456
        ),
    )
    # As the server writes it.
    lost = json.loads(MessageToJson(event))
    assert "--changed-since 2025-11-25T12:19:50.000Z" in (resync_advice(lost) or "")
    assert "told of" not in (resync_advice(lost) or "")
    assert (resync_advice(lost) or "").endswith("webhook resynced NAME --through 2025-11-25T12:20:00.456Z")
    assert resync_advice({"type": "EVENT_TYPE_NOTED"}) is None
    event.events_lost.store_set_back = True
    event.events_lost.changed_since_ms = 0
    advice = resync_advice(json.loads(MessageToJson(event)))
    assert "every case that was told of here since 1970-01-01T00:00:00.000Z" in (advice or "")


def test_its_arguments_are_told() -> None:
    def said(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, str(pathlib.Path(webhook_receiver.__file__)), *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    status, text = said("--help")
    assert status == 0 and "secret_file" in text and "python webhook_receiver.py 8080 erp.secret" in text
    for arguments in ((), ("8080",), ("here", "secret"), ("8080", "/nowhere/secret")):
        status, text = said(*arguments)
        assert status == 2 and "usage:" in text and "Traceback" not in text, text
