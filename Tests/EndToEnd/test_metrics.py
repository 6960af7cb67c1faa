"""Metrics and probes: what the machines that look after a server see."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess

import pytest
from harness.desk import MUG
from harness.waiting import wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
HTTP = ("--metrics", "127.0.0.1:0")


def promtool():
    path = shutil.which("promtool", path=f"{ROOT}/.venv/bin:{os.environ['PATH']}")
    assert path, "promtool is missing: run scripts/bootstrap --tests"
    return path


def value(text, series):
    """The value of one series, written as Prometheus does; 0 if there is none."""
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_promtool_finds_nothing_to_say(world):
    server = world.server(*HTTP)
    desk = world.desk(server)
    case = desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
    desk.admin("case", "get", "nonsense")
    desk["warehouse"]("case", "approve", case.id)
    status, text = server.http("/metrics")
    assert status == 200
    check = subprocess.run(
        [promtool(), "check", "metrics"], input=text, capture_output=True, text=True, timeout=30
    )
    assert (check.returncode, check.stdout + check.stderr) == (0, ""), text
    # Every metric says what it is.
    names = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    assert names == set(re.findall(r"^# HELP (\S+)", text, re.MULTILINE))


def test_calls_connections_and_sweeps_are_counted(world):
    server = world.server(*HTTP, "--test-clock")
    desk = world.desk(server)
    before = server.http("/metrics")[1]
    case = desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
    for _ in range(3):
        desk.admin.done("case", "get", case.id)
    desk.admin("case", "get", case.id[:-1])
    desk["warehouse"]("case", "approve", case.id)
    desk.admin.done("admin", "advance-clock", "25h", "--yes")
    wait_until(
        lambda: (
            value(server.http("/metrics")[1], 'returns_clock_firings_total{clock="review",firing="breach"}')
            == 1
        ),
        "the REVIEW clock's breach",
    )
    after = server.http("/metrics")[1]

    def risen(series):
        return value(after, series) - value(before, series)

    def calls(method, code):
        return risen(
            f'rcp_server_calls_total{{service="returns.v1.CaseService",method="{method}",code="{code}"}}'
        )

    assert calls("SubmitCase", "OK") == 1
    assert calls("GetCase", "OK") >= 3
    assert calls("ApproveCase", "PERMISSION_DENIED") == 1
    labels = 'service="returns.v1.CaseService",method="SubmitCase"'
    assert risen(f"rcp_server_call_duration_seconds_count{{{labels}}}") == 1
    assert risen(f'rcp_server_call_duration_seconds_bucket{{{labels},le="+Inf"}}') == 1
    assert 0 < risen(f"rcp_server_call_duration_seconds_sum{{{labels}}}") < 10
    assert risen("rcp_server_connections_opened_total") >= 6
    assert risen("rcp_server_received_bytes_total") > 500 and risen("rcp_server_sent_bytes_total") > 500
    assert risen('returns_sweeps_total{result="succeeded"}') >= 1
    assert risen('returns_clock_firings_total{clock="review",firing="warn_1"}') == 1
    # Warned five hours late, breached one.
    assert risen("returns_clock_firing_lag_seconds_count") == 2
    assert risen('returns_clock_firing_lag_seconds_bucket{le="3600"}') == 1
    assert 6 * 3600 <= risen("returns_clock_firing_lag_seconds_sum") < 6 * 3600 + 60
    wait_until(
        lambda: value(server.http("/metrics")[1], "returns_clock_overdue_seconds") == 0,
        "nothing to be overdue",
    )
    wait_until(
        lambda: value(server.http("/metrics")[1], "returns_sweep_leases") == 0,
        "the sweeper to give back its lease",
    )
    assert value(after, "returns_redis_up") == 1
    assert 10_000_000 < value(after, "process_resident_memory_bytes") < 1_000_000_000
    assert value(after, "process_open_fds") > 5 and value(after, "process_cpu_seconds_total") > 0


def test_what_nobody_sweeps_is_overdue(world):
    server = world.server(*HTTP, "--test-clock", "--no-sweeper")
    desk = world.desk(server)
    desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
    desk.admin.done("admin", "advance-clock", "21h", "--yes")
    wait_until(
        lambda: 3600 <= value(server.http("/metrics")[1], "returns_clock_overdue_seconds") < 3660,
        "the age of the warning that nobody records",
    )


def test_a_refused_login_is_counted(world):
    server = world.server(*HTTP)
    wrong = world.path / "wrong.token"
    wrong.write_text("nothing-that-anybody-has\n")
    assert world.ctl(server).with_token(wrong)("ping").status != 0
    series = 'rcp_server_connections_refused_total{code="UNAUTHENTICATED"}'
    assert value(server.http("/metrics")[1], series) >= 1


def test_probes_tell_an_outage_and_a_drain(world):
    redis = world.redis()
    server = world.server("--redis", redis.url, "--conformance", *HTTP)
    wait_until(lambda: server.http("/readyz") == (200, "ok\n"), "readiness")
    redis.process.send_signal(signal.SIGSTOP)
    wait_until(lambda: server.http("/readyz")[0] == 503, "the outage to be noticed")
    assert server.http("/readyz")[1].startswith("Redis does not answer; see whether")
    # A server that is restarted for Redis's sake would be no better off.
    assert server.http("/livez") == (200, "ok\n")
    assert value(server.http("/metrics")[1], "returns_redis_up") == 0
    redis.process.send_signal(signal.SIGCONT)
    wait_until(lambda: server.http("/readyz") == (200, "ok\n"), "the outage to end")

    plans = '{"replies": [{}, {"delayMs": 3000}]}'
    running = world.ctl(server).start("call", "ServerStreamingCall", "-d", plans)
    world.at_end(running.end)
    wait_until(lambda: running.has_written, "the call's first reply")
    assert value(server.http("/metrics")[1], "rcp_server_calls_in_flight") == 1
    server.process.send_signal(signal.SIGTERM)
    wait_until(lambda: server.http("/readyz") == (503, "this server is stopping\n"), "the drain to be told")
    assert server.http("/livez")[0] == 200
    assert running.wait().status == 0
    assert server.process.wait(timeout=20) == 0


def only_connection(redis):
    """The one that Redis lets in; the one before may not have ended yet."""
    found = []

    def is_in():
        holder = socket.socket(socket.AF_UNIX)
        try:
            holder.connect(str(redis.socket))
            holder.sendall(b"PING\r\n")
            if holder.recv(100) == b"+PONG\r\n":
                found.append(holder)
                return True
        except OSError:
            pass
        holder.close()
        return False

    wait_until(is_in, "a place among Redis's connections")
    return found[0]


def test_a_redis_that_turns_connections_away_is_told(world):
    redis = world.redis()
    server = world.server("--redis", redis.url, *HTTP)
    wait_until(lambda: server.http("/readyz") == (200, "ok\n"), "readiness")
    # The one place is taken while the server cannot connect anew.
    server.process.send_signal(signal.SIGSTOP)
    redis.cli("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    redis.cli("CONFIG", "SET", "maxclients", "1")
    with only_connection(redis) as holder:
        server.process.send_signal(signal.SIGCONT)
        words = "Redis takes no more connections: its limit maxclients is reached"
        wait_until(lambda: server.http("/readyz")[1].startswith(words), "health to say why")
        assert words in world.ctl(server)("admin", "info", output="table").out
        holder.sendall(b"CONFIG SET maxclients 1000\r\n")
    wait_until(lambda: server.http("/readyz") == (200, "ok\n"), "the server to be let in")


def test_other_requests_are_told_what_there_is(world):
    server = world.server(*HTTP)
    assert server.http("/") == (404, "there are /metrics, /livez and /readyz\n")
    assert server.http("/metrics", method="POST") == (405, "GET or HEAD\n")
    assert server.http("/metrics?format=x")[0] == 200


@pytest.mark.parametrize("address", ["9464", "rcps://127.0.0.1:9464", "unix:/tmp/x.sock", "127.0.0.1:99999"])
def test_an_address_that_cannot_be_is_refused(world, address):
    process = subprocess.run(
        [world.returnsd, "--check", "--data", str(world.path / "d"), "--metrics", address],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert process.returncode == 1 and "give HOST:PORT" in process.stderr, process


def test_a_port_that_is_taken_keeps_the_server_from_starting(world):
    first = world.server(*HTTP)
    wait_until(lambda: any(line.startswith("metrics at ") for line in first.lines), "the address of metrics")
    port = (
        next(line for line in first.lines if line.startswith("metrics at ")).rsplit(":", 1)[1].split("/")[0]
    )
    process = subprocess.run(
        [
            world.returnsd,
            "--listen",
            f"unix:{world.path}/x.sock",
            "--data",
            str(world.path / "e"),
            "--metrics",
            f"127.0.0.1:{port}",
        ],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert process.returncode == 1 and f"cannot listen for metrics on 127.0.0.1:{port}" in process.stderr, (
        process
    )
