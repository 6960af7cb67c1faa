"""A trace goes from the caller through the server into a file (W3C Trace Context, OTLP's JSON)."""

import json
import signal
import subprocess

import pytest
from harness.desk import MUG
from harness.waiting import wait_until

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
CANARY = "canary5d1e"


@pytest.fixture
def file(world):
    return world.path / "spans.jsonl"


def spans_in(file):
    lines = file.read_text().splitlines() if file.exists() else []
    return [
        span
        for line in lines
        for resource in json.loads(line)["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def attributes(span):
    return {entry["key"]: entry["value"].get("stringValue") for entry in span["attributes"]}


def called(file, method, **wanted):
    return [
        span
        for span in spans_in(file)
        if attributes(span).get("rpc.method") == method
        and all(span.get(key) == value for key, value in wanted.items())
    ]


def test_a_call_goes_on_with_its_callers_trace(world, file, monkeypatch):
    server = world.server("--trace-file", str(file))
    desk = world.desk(server)
    order = desk.order((MUG, 2, 1000))
    monkeypatch.setenv("TRACEPARENT", f"00-{TRACE}-{PARENT}-01")
    monkeypatch.setenv("TRACESTATE", "desk=7")
    desk.open(order, ("1", 1), freeText=f"{CANARY} broke it", contact={"name": CANARY})
    wait_until(lambda: called(file, "SubmitCase"), "the spans")
    (span,) = called(file, "SubmitCase")
    assert (span["traceId"], span["parentSpanId"]) == (TRACE, PARENT)
    assert span["kind"] == 2 and span["name"] == "returns.v1.CaseService/SubmitCase" and "status" not in span
    assert attributes(span) == {
        "rpc.system": "rcp",
        "rpc.service": "returns.v1.CaseService",
        "rpc.method": "SubmitCase",
        "rpc.rcp.status_code": "OK",
    }
    assert 0 < int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]) < 10_000_000_000
    # What the call did in Redis is a span within.
    (commit,) = [inner for inner in spans_in(file) if inner.get("parentSpanId") == span["spanId"]]
    assert commit["name"] == "commit" and commit["traceId"] == TRACE and commit["kind"] == 3
    assert CANARY not in file.read_text() and "desk=7" not in file.read_text()


def test_what_the_caller_does_not_sample_is_not_recorded(world, file, monkeypatch):
    server = world.server("--trace-file", str(file))
    ctl = world.ctl(server)
    monkeypatch.setenv("TRACEPARENT", f"00-{TRACE}-{PARENT}-00")
    ctl.done("case", "list")
    monkeypatch.setenv("TRACEPARENT", "nonsense")
    ctl.done("ping", "-n", "1")
    wait_until(lambda: called(file, "Echo"), "the other call's span")
    assert not called(file, "ListCases")
    # A parent that is none begins a trace anew.
    (span,) = called(file, "Echo")
    assert "parentSpanId" not in span and span["traceId"] != TRACE


def test_none_are_recorded_at_zero_percent_but_for_the_callers_own(world, file, monkeypatch):
    server = world.server("--trace-file", str(file), "--trace-percent", "0")
    ctl = world.ctl(server)
    ctl.done("ping", "-n", "20")
    monkeypatch.setenv("TRACEPARENT", f"00-{TRACE}-{PARENT}-01")
    ctl.done("case", "list")
    wait_until(lambda: called(file, "ListCases"), "the caller's span")
    assert {span["traceId"] for span in spans_in(file)} == {TRACE} and not called(file, "Echo")


def test_the_last_spans_are_written_when_the_server_stops(world, file):
    server = world.server("--trace-file", str(file))
    world.ctl(server).done("ping", "-n", "7")
    assert server.signal_and_wait(signal.SIGTERM) == 0
    assert len(called(file, "Echo")) == 7


def test_the_file_may_be_moved_away(world, file):
    server = world.server("--trace-file", str(file))
    ctl = world.ctl(server)
    ctl.done("ping", "-n", "1")
    wait_until(lambda: called(file, "Echo"), "the first span")
    file.rename(world.path / "old.jsonl")
    ctl.done("ping", "-n", "1")
    wait_until(lambda: called(file, "Echo"), "a new file")


def test_a_file_that_cannot_be_written_keeps_the_server_from_starting(world):
    process = subprocess.run(
        [
            world.returnsd,
            "--check",
            "--data",
            str(world.path / "d"),
            "--trace-file",
            "/nonexistent/spans.jsonl",
        ],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert process.returncode == 1 and "cannot write traces to /nonexistent/spans.jsonl" in process.stderr, (
        process
    )
