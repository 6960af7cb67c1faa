"""What a server tells of itself, and calls by a method's name:
describe, call and the health that is watched."""

import json
import pathlib
import re
import signal
import subprocess

import pytest
from harness import wire
from harness.command import CONFLICT, DONE, FAILED, NOT_FOUND, USAGE, assert_refused
from harness.waiting import wait_until

PROTOCOL = pathlib.Path(__file__).resolve().parents[2] / "Protocol"


@pytest.fixture(scope="module")
def ctl(module_world):
    return module_world.ctl(module_world.server("--conformance"))


def test_the_schema_hash_is_what_the_specification_s_command_prints(ctl):
    """SPEC.md §4.2 has the command; HELLO_ACK the hash, behind version, features and four limits."""
    specification = (PROTOCOL / "SPEC.md").read_text()
    command = re.search(r"schema hash is what this prints .*?```\n(.*?)```", specification, re.DOTALL)[1]
    printed = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=PROTOCOL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert printed.returncode == 0, printed
    with wire.Sockets(ctl.server) as sockets:
        connection = sockets.add()
        connection.sendall(wire.hello(ctl.token_file.read_text().strip()))
        kind, payload = wire.read_frame(connection)
    assert kind == wire.HELLO_ACK
    assert payload[21:53].hex() == printed.stdout.split()[0]


def test_describe_lists_what_is_offered(ctl, world):
    text = ctl.done("describe", output=None).out
    for word in (
        "returns.v1.CaseService",
        "SubmitCase",
        "SubmitCaseRequest",
        "mutation",
        "channel, service",
        "stream HealthCheckReply",
        "rcp.conformance.v1.ConformanceService",
    ):
        assert word in text, word
    # A server without the flag does not offer the service, though its schema holds it.
    assert "ConformanceService" not in world.ctl(world.server()).done("describe", output=None).out


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        ("returns.v1.CaseService", ["GetCase", "REQUEST"]),
        ("CaseService/GetCase", ["returns.v1.GetCaseRequest", "read-only, method 0x302"]),
        ("SubmitCaseRequest", ["message returns.v1.SubmitCaseRequest", "repeated", "personal"]),
        ("ServingStatus", ["SERVING_STATUS_SERVING = 1;"]),
        ("Echo", ["Echo sends the payload back."]),
    ],
)
def test_describe_shows_one_thing(ctl, symbol, words):
    text = ctl.done("describe", symbol, output=None).out
    for word in words:
        assert word in text


def test_describe_in_json_is_the_descriptors(ctl):
    files = {file["name"] for file in ctl.done("describe").json["file"]}
    assert {"returns/v1/case.proto", "rcp/options.proto", "google/protobuf/descriptor.proto"} <= files


def test_describe_says_what_is_near(ctl):
    assert_refused(ctl("describe", "getcas"), NOT_FOUND, "no getcas", "returns.v1.CaseService/GetCase")


def test_a_call_of_each_kind(ctl, world):
    asked = {"payload": "aGVsbG8=", "replies": [{"payloadBytes": 2}]}
    reply = ctl.done("call", "UnaryCall", "-d", json.dumps(asked)).json
    assert int(reply.pop("connection")) > 0
    assert reply == {"payload": "AAA=", "receivedMessages": "1", "receivedBytes": "5", "principal": "admin"}
    assert ctl.done("call", "EmptyCall").json == {}
    file = world.path / "two.jsonl"
    file.write_text('{"payload": "aGVsbG8="}\n\n{"payload": "aGVsbG8="}\n')
    for data, text in ((f"@{file}", ""), ("-", file.read_text())):
        answer = ctl.done("call", "ClientStreamingCall", "-d", data, input=text)
        assert answer.json["receivedMessages"] == "2" and answer.json["receivedBytes"] == "10"
    rows = ctl.done(
        "call", "ServerStreamingCall", "-d", json.dumps({"replies": [{"payloadBytes": n} for n in range(5)]})
    ).rows
    assert len(rows) == 5
    rows = ctl.done(
        "call", "BidirectionalCall", "-d", "-", input=json.dumps(asked) + "\n" + json.dumps(asked)
    ).rows
    assert [row["receivedMessages"] for row in rows] == ["1", "2"]
    rows = ctl.done("call", "BidirectionalCall", "-d", json.dumps(asked) + "\n" + json.dumps(asked)).rows
    assert [row["receivedMessages"] for row in rows] == ["1", "2"]


def test_metadata_travels(ctl):
    answer = ctl.done("call", "EmptyCall", "-H", "conformance-echo=ü = 1")
    assert answer.err == "trailer conformance-echo: ü = 1\n"
    assert_refused(ctl("call", "EmptyCall", "-H", "nothing"), USAGE, "KEY=VALUE")


def test_a_status_ends_a_call_as_any_other(ctl):
    asked = {"replies": [{}, {}], "end": {"code": 9, "text": "as asked", "retryAfterMs": -1}}
    answer = ctl("call", "ServerStreamingCall", "-d", json.dumps(asked))
    assert answer.status == CONFLICT and len(answer.out.splitlines()) == 2 and "as asked" in answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Nothing"], ["knows no method Nothing", "returnsctl describe"]),
        (["getcase"], ["knows no method", "returns.v1.CaseService/GetCase"]),
        (["Echo", "-d", "{"], ["no returns.v1.EchoRequest in JSON"]),
        (
            ["Echo", "-d", '{"none": 1}'],
            ["none: is no field of returns.v1.EchoRequest", "describe returns.v1.EchoRequest"],
        ),
        (["Echo", "-d", '{"payload": 1}'], ["payload: is not a text in base 64"]),
        (["Echo", "-d", "@/nowhere.json"], ["there is no file /nowhere.json"]),
        (["Echo", "-d", __file__], ["does not begin with '{'", f"to send the file: -d @{__file__}"]),
        (["Echo", "-d", '{"payload":"YQ==","payload":"Yg=="}'], ["payload: stands twice"]),
        (
            ["EmptyCall", "-H", b"conformance-echo=M\xfcller"],
            ["is no UTF-8 text", "set the terminal to UTF-8"],
        ),
        (["ClientStreamingCall", "-d", '{}\n{"none": 1}'], ["line 2 of the data", "none: is no field of"]),
        (["BidirectionalCall", "-d", '{"none": 1}'], ["line 1 of the data", "none: is no field of"]),
        (["BidirectionalCall", "-d", '{}\n{"none": 1}'], ["line 2 of the data", "none: is no field of"]),
    ],
)
def test_mistakes_are_said(ctl, arguments, words):
    assert_refused(ctl("call", *arguments), USAGE, *words)


def test_a_line_that_is_too_long_is_not_sent_in_part(ctl):
    for line in ('{"payload":"YQ=="}' + " " * 17_000_000, " " * 17_000_000):
        answer = ctl("call", "ClientStreamingCall", "-d", "-", input=f"{{}}\n{line}\n")
        assert_refused(answer, USAGE, "line 2 of the data is above 16777216 bytes")


@pytest.mark.parametrize("method", ["Echo", "ClientStreamingCall", "BidirectionalCall"])
@pytest.mark.parametrize("way", ["file", "input"])
def test_bytes_that_are_no_text_are_sent_nowhere(ctl, world, method, way):
    file = world.path / "latin.json"
    file.write_bytes('{"payload":"M\xfcller"}'.encode("latin-1"))
    data = f"@{file}" if way == "file" else "-"
    answer = ctl("call", method, "-d", data, input=file.read_bytes() if way == "input" else "")
    assert_refused(answer, USAGE, "is no UTF-8 text (byte 0xFC at column 14): save it as UTF-8")


def test_a_mutation_by_name_is_applied_once(ctl):
    order = {
        "order": {
            "key": {"saleChannel": "shop", "orderNo": "D-1"},
            "placedAtMs": "1780000000000",
            "customerId": "C",
            "currency": "GBP",
            "lines": [{"lineId": "1", "sku": "MUG", "quantity": 1, "unitPriceMinor": "450"}],
            "payments": [{"reference": "P", "method": "PAYMENT_METHOD_CARD", "amountMinor": "450"}],
        }
    }
    answers = [ctl("call", "PutOrder", "-d", json.dumps(order), "--request-id", "ab" * 16) for _ in range(2)]
    assert [answer.status for answer in answers] == [DONE, DONE], answers[0]


def test_health_is_watched(world):
    redis = world.redis()
    server = world.server("--redis", redis.url)
    watching = world.ctl(server).start("call", "Watch")
    world.at_end(watching.end)

    def told():
        watching._files[0].seek(0)
        return [json.loads(line)["status"] for line in watching._files[0].read().decode().splitlines()]

    wait_until(lambda: told() == ["SERVING_STATUS_SERVING"], "the first word")
    redis.process.send_signal(signal.SIGSTOP)
    wait_until(lambda: told()[-1] == "SERVING_STATUS_NOT_SERVING", "the outage")
    redis.process.send_signal(signal.SIGCONT)
    wait_until(lambda: told()[-1] == "SERVING_STATUS_SERVING", "its end")
    assert server.signal_and_wait(signal.SIGTERM, seconds=10) == 0
    answer = watching.wait()
    assert answer.status == DONE and "this server is stopping" in answer.out


@pytest.mark.parametrize("method", ["BidirectionalCall", "ClientStreamingCall"])
@pytest.mark.parametrize("good", ["", '{"payload":"YQ=="}\n'])
def test_a_bad_request_ends_a_stream_at_once(ctl, method, good):
    answer = ctl("call", method, "-d", "-", input=good + '{"none":1}\n', seconds=20)
    line = 2 if good else 1
    assert_refused(
        answer, USAGE, f"line {line} of the data is no", "none: is no field of", "returnsctl describe"
    )


@pytest.mark.parametrize("method", ["ClientStreamingCall", "BidirectionalCall"])
def test_a_refusal_ends_a_stream_whose_requests_are_still_awaited(ctl, method):
    line = ctl.line(["call", method, "-d", "-"], "json")
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen(line, env=ctl.environment(), text=True, **streams)
    try:
        process.stdin.write(json.dumps({"end": {"code": 9, "text": "enough"}}) + "\n")
        process.stdin.flush()
        # Nobody ends its input: the refusal alone has to end it.
        assert process.wait(20) == CONFLICT
        assert "enough" in process.stderr.read()
    finally:
        process.kill()
        process.communicate(timeout=20)


def test_what_must_not_be_sent_is_told_as_a_failure_of_the_server(ctl):
    answer = ctl("call", "UnaryCall", "-d", '{"end":{"code":14,"retryAfterMs":-2}}')
    assert_refused(answer, FAILED, "the server could not form the reply")
