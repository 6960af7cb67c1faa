"""Client and server understand each other: returnsctl conformance, over
every transport and with both credentials."""

import signal

import pytest
from harness.authority import Authority
from harness.command import DONE, FAILED, INTERRUPTED, USAGE, assert_refused
from harness.lossy import LossyProxy
from harness.waiting import wait_until
from test_tls import CertificateCommand, TLSServer

# As clients in other languages print them, too.
CASES = [
    "empty_unary",
    "large_unary",
    "client_streaming",
    "server_streaming",
    "ping_pong",
    "empty_stream",
    "custom_metadata",
    "status_code_and_message",
    "special_status_message",
    "unimplemented_method",
    "unimplemented_service",
    "cancel_after_begin",
    "cancel_after_first_response",
    "timeout_on_sleeping_server",
    "goaway",
    "max_streams",
    "concurrent_large_unary",
    "compressed_unary",
    "soak",
]
CLIENT = "shop.example.com"
# The sum of what the cases may take is more; none of them comes near its limit.
RUN_SECONDS = 120


@pytest.fixture(scope="module")
def served(module_world, tmp_path_factory):
    authority = Authority(tmp_path_factory.mktemp("authority"))
    authority.issue("server", "localhost", "127.0.0.1")
    authority.issue(CLIENT)
    server = TLSServer(module_world, authority, "--conformance")
    server.by_unix.done("principal", "create", CLIENT, "--role", "channel", "--all-sale-channels")
    return server


@pytest.fixture
def ctl(served):
    return served.by_unix


@pytest.fixture(params=["unix", "plaintext", "tls", "mutual tls", "compressed"])
def way(request, served):
    """A command and the flags with which it reaches the server."""
    files = {
        kind: served.authority.folder / f"{CLIENT}.{suffix}"
        for kind, suffix in (("certificate_file", "pem"), ("key_file", "key"))
    }
    return {
        "unix": lambda: (served.by_unix, []),
        "plaintext": lambda: (served.by_unix.at(served.plain), []),
        "tls": lambda: (served.by_unix.at(served.tls), served.flags()),
        "mutual tls": lambda: (CertificateCommand(served.by_unix.at(served.tls)), served.flags(**files)),
        "compressed": lambda: (served.by_unix.at(served.tls), [*served.flags(), "--compress"]),
    }[request.param]()


def test_every_case_passes(way):
    command, flags = way
    answer = command("conformance", "--soak-seconds", "1", *flags, output=None, seconds=RUN_SECONDS)
    assert answer.status == DONE and answer.err == "", answer
    heading, *rows, last = [line.split() for line in answer.out.splitlines()]
    assert heading == ["CASE", "RESULT", "MS", "NOTE"]
    assert [row[:2] for row in rows] == [[name, "passed"] for name in CASES]
    assert all(row[2].isdigit() for row in rows), answer
    notes = {row[0]: " ".join(row[3:]) for row in rows}
    assert "calls, p99 " in notes["soak"] and notes["max_streams"] == "300 calls, 256 at a time"
    assert " ".join(last) == f"{len(CASES)} passed, 0 failed"


def test_cases_by_name_in_json(ctl):
    asked = ["ping_pong", "empty_unary"]
    reply = ctl.done("conformance", *asked).json
    for row in reply["cases"]:
        assert row.pop("milliseconds") >= 0
    rows = [{"case": name, "result": "passed", "note": ""} for name in asked]
    assert reply == {"cases": rows, "passed": 2, "failed": 0}
    assert [row["case"] for row in ctl.done("conformance", *asked, output="jsonl").rows] == asked


def test_a_case_that_fails_says_what_came(world):
    settings = world.path / "one.yaml"
    settings.write_text("returnsd:\n  connectionsMax: 1\n  connectionsForAdministrators: 0\n")
    admin = world.ctl(world.server("--conformance", "--config", settings))
    # An administrator's new connection would take the place of the one before.
    admin.done("principal", "create", "clerk", "--role", "service", "--save", world.path / "clerk.token")
    ctl = admin.with_token(world.path / "clerk.token")
    # The one connection is taken by the calls before.
    answer = ctl("conformance", "empty_unary", "goaway", "ping_pong", output=None)
    assert answer.status == FAILED and answer.err == "", answer
    _, *rows, last = answer.out.splitlines()
    assert [row.split()[1] for row in rows] == ["passed", "failed", "passed"], answer
    assert "expected OK, got UNAVAILABLE" in rows[1] and "too many connections" in rows[1], answer
    assert last == "2 passed, 1 failed"


def test_a_server_that_hangs_fails_the_case_alone(world):
    server = world.server("--conformance")
    proxy = LossyProxy(world.path / "lossy.sock", server.address)
    world.at_end(proxy.end)
    # The look whether there is anything to try is answered, the stream's end is not.
    proxy.pass_on(1)
    answer = world.ctl(server).at(proxy.address)("conformance", "empty_stream")
    assert answer.status == FAILED and answer.err == "", answer
    assert answer.json["cases"][0]["note"] == "expected an end within 10 s, got none"


def test_a_server_that_does_not_offer_it(world):
    answer = world.ctl(world.server())("conformance", "empty_unary")
    assert_refused(
        answer, FAILED, "does not offer rcp.conformance.v1.ConformanceService", "returnsd --conformance"
    )


def test_mistakes_are_said(ctl):
    assert_refused(
        ctl("conformance", "large_unary", "huge_unary"), USAGE, "no case huge_unary", ", ".join(CASES)
    )
    answer = ctl("conformance", "--soak-seconds", "0")
    assert answer.status == USAGE and answer.out == "" and "--soak-seconds is 1 to" in answer.err, answer


def test_ctrl_c_ends_a_soak(world, ctl):
    running = ctl.start("conformance", "empty_unary", "soak", "--soak-seconds", "3600", output="jsonl")
    world.at_end(running.end)
    wait_until(lambda: running.has_written, "the first row")
    running.process.send_signal(signal.SIGINT)
    answer = running.wait(seconds=20)
    assert answer.status == INTERRUPTED and [row["case"] for row in answer.rows] == ["empty_unary"], answer
