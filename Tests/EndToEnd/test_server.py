"""returnsd's own manners: starting, refusing to start, and stopping."""

import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess

import pytest
from harness.authority import Authority
from harness.command import DONE, FAILED, NOT_ALLOWED, UNAVAILABLE, assert_refused
from harness.desk import MUG
from harness.processes import end_redis_of, is_running
from harness.sample import ORDERS, lines_of, read_acknowledged
from harness.waiting import wait_until

USAGE = 64
ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
# Orders of an import that a stop interrupts.
MANY = 1_500


def run_to_its_end(world, arguments, data, environment):
    try:
        return subprocess.run(
            [world.returnsd, *arguments],
            capture_output=True,
            text=True,
            timeout=40,
            cwd=world.path,
            env={**os.environ, **environment},
        )
    except subprocess.TimeoutExpired:
        # It serves, against all expectation, and was killed: its redis-server is left.
        end_redis_of(data)
        raise


def start_that_fails(world, *flags, data="d", **environment):
    """Runs a returnsd that has to refuse to start; returns its status and what it said."""
    data = world.path / data
    listen = f"unix:{world.path}/refused.sock"
    process = run_to_its_end(world, ["--listen", listen, "--data", str(data), *flags], data, environment)
    assert "is ready" not in process.stdout, process.stdout
    return process.returncode, process.stderr


def refusal(world, *flags, **options):
    """The one line in which a returnsd says why it does not start."""
    status, text = start_that_fails(world, *flags, **options)
    assert status == 1, (status, text)
    lines = [line for line in text.splitlines() if line.startswith("returnsd: ")]
    assert len(lines) == 1, text
    return lines[0]


def test_first_start_makes_a_token_that_is_found_and_only_ours(world):
    server = world.server(data="var")
    assert stat.S_IMODE(server.token_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    wait_until(lambda: any("first start" in line for line in server.lines), "the second line")
    assert str(server.token_file) in " ".join(server.lines)
    ctl = world.ctl(server)
    # As in the folder that returnsd was started in: without --token-file.
    process = subprocess.run(
        [world.returnsctl, "--server", server.address, "ping"],
        capture_output=True,
        text=True,
        cwd=world.path,
        env=ctl.environment(),
        timeout=30,
    )
    assert process.returncode == DONE and "serving" in process.stdout, process.stderr


def test_second_server_on_the_same_folder_is_refused(world):
    server = world.server()
    text = refusal(world)
    assert "another returnsd uses the data folder" in text and str(server.data) in text and "--data" in text
    world.ctl(server).done("ping")
    assert is_running(server.redis_pid)


def test_data_is_kept_between_runs(world):
    server = world.server()
    desk = world.desk(server)
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    before = case.everything()
    redis = server.redis_pid
    assert server.signal_and_wait(signal.SIGTERM) == 0
    assert not is_running(redis), "the redis-server is stopped with it"

    again = world.server(listen=server.address)
    assert case.everything() == before
    case.step("service-1", "verify")
    desk.assert_indexes_agree()
    assert not any("the administrator's token" in line for line in again.lines), "people have their own"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_stop_finishes_the_calls_in_flight(world, number):
    server = world.server()
    ctl = world.ctl(server)
    orders = world.path / "orders.jsonl"
    orders.write_text("\n".join(lines_of(ORDERS)[:MANY]))
    file = world.path / "acknowledged"
    running = ctl.start("order", "import", orders, "--acknowledged", file, "--timeout", "3s")
    world.at_end(running.end)
    wait_until(
        lambda: file.exists() and file.read_bytes().count(b"\n") >= 300,
        "the import to be under way",
        pause=0.002,
    )
    redis = server.redis_pid
    assert server.signal_and_wait(number) == 0, server.log
    assert not is_running(redis)

    answer = running.wait()
    acknowledged = read_acknowledged(file)
    assert 300 <= len(acknowledged) < MANY
    # Every call that had begun was answered: nothing is of unknown outcome, the rest is plainly not possible.
    assert answer.status == UNAVAILABLE, answer
    assert "the same command again goes on" in answer.err

    world.server(listen=server.address)
    counts = ctl.done("order", "import", orders).json
    # What was answered is there, and nothing else: no call was applied without an answer.
    assert counts["unchanged"] == len(acknowledged)
    assert counts["created"] == MANY - len(acknowledged)


def test_an_evicting_redis_is_refused(world):
    redis = world.redis("--maxmemory-policy", "allkeys-lru")
    text = refusal(world, "--redis", redis.url)
    assert "allkeys-lru" in text and "CONFIG SET maxmemory-policy noeviction" in text


def test_an_address_of_redis_that_cannot_be_is_refused(world):
    text = refusal(world, "--redis", "redis+nonsense://somewhere")
    assert "scheme is unknown" in text and "unix:///path" in text


def test_a_stop_right_after_the_ready_line_is_a_graceful_one(world):
    for _ in range(3):
        server = world.server()
        redis = server.redis_pid
        assert server.signal_and_wait(signal.SIGTERM) == 0, server.log
        assert not is_running(redis), "no orphan is left"


def test_persistence_that_can_lose_writes_is_said_loudly(world):
    redis = world.redis("--appendfsync", "everysec")
    server = world.server("--redis", redis.url)
    assert "can lose the last second" in server.log
    info = world.ctl(server).done("admin", "info").json
    assert "can lose the last second" in info["persistenceWarning"]


def test_a_test_clock_needs_a_store_of_its_own(world):
    assert world.server().signal_and_wait(signal.SIGTERM) == 0
    assert "a test clock needs a store of its own" in refusal(world, "--test-clock")
    assert world.server("--test-clock", data="t").signal_and_wait(signal.SIGTERM) == 0
    assert "start with --test-clock" in refusal(world, data="t")

    real = world.server()
    answer = world.ctl(real)("admin", "advance-clock", "1h")
    assert answer.status == 5 and "[NO_TEST_CLOCK]" in answer.err, answer


def test_partitions_are_fixed(world):
    assert world.server("--partitions", "8").signal_and_wait(signal.SIGTERM) == 0
    text = refusal(world, "--partitions", "16")
    assert "the store has 8 partitions, not 16" in text and "--partitions 8" in text


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--chekc"], "Did you mean '--check'?"),
        (["--listen"], "--listen"),
        (["--event-loops", "two"], "two"),
        (["surplus"], "surplus"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_typo_is_a_usage_error(world, flags, words):
    status, text = start_that_fails(world, *flags)
    assert status == USAGE and words in text and "Usage: returnsd" in text, (status, text)
    assert not (world.path / "d").exists(), "nothing was begun"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--event-loops", "0"], "event-loops is 1 to"),
        (["--log-level", "loud"], "loud"),
        (["--partitions", "5000"], "partitions is 1 to"),
        (["--config", "none.yaml"], "none.yaml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_value_that_cannot_be_is_refused(world, flags, words):
    status, text = start_that_fails(world, *flags)
    assert status != 0 and words in text, (status, text)
    assert not (world.path / "d").exists(), "nothing was begun"


MISTAKES = {
    "an address": (["--listen", "nonsense"], {}, "", "nonsense"),
    "an open address": (["--listen", "0.0.0.0:7461"], {}, "", "can be reached from other machines"),
    "a socket in no folder": (["--listen", "unix:/none/returnsd.sock"], {}, "", "/none"),
    "a Redis": (["--redis", "gopher://somewhere"], {}, "", "scheme is unknown"),
    "a folder": (["--data", "/none/data"], {}, "", "/none/data"),
    "a long folder": (["--data", "d" * 100], {}, "", "too long"),
    "a number in the environment": ([], {"RETURNSD_PARTITIONS": "abc"}, "", "partitions is a whole number"),
    "a switch in the environment": ([], {"RETURNSD_TEST_CLOCK": "on?"}, "", "test-clock is true or false"),
    "a name in the environment": ([], {"RETURNSD_PARTITION": "8"}, "", "RETURNSD_PARTITION;"),
    "a number in the file": ([], {}, "returnsd:\n  eventLoops: two\n", "event-loops is a whole number"),
    "a list in the file": ([], {}, "returnsd:\n  listen: 127.0.0.1:0\n", "listen is a list"),
    "a key of the file": ([], {}, "returnsd:\n  partitoins: 8\n", "returnsd.partitoins"),
    "a section of the file": ([], {}, "returns:\n  partitions: 8\n", "returns.partitions"),
    "the file": ([], {}, "returnsd: [\n", "cannot be read"),
    "a file with a password": ([], {}, "returnsd:\n  redis: redis://:s3cret@127.0.0.1:1\n", "chmod 600"),
}


@pytest.mark.parametrize("check", [["--check"], []], ids=["check", "start"])
@pytest.mark.parametrize("what", MISTAKES)
def test_the_check_finds_what_the_start_would(world, what, check):
    flags, environment, text, words = MISTAKES[what]
    if text:
        file = world.path / "returnsd.yaml"
        file.write_text(text)
        flags = [*flags, "--config", str(file)]
    process = run_to_its_end(world, [*check, *flags], world.path / "var", environment)
    assert process.returncode == 1 and process.stdout == "", process
    assert process.stderr.startswith("returnsd: ") and words in process.stderr, process.stderr
    assert sorted(path.name for path in world.path.iterdir()) == (["returnsd.yaml"] if text else [])


def test_the_check_looks_at_the_folder_that_is_there(world):
    server = world.server()
    principals = server.data / "principals.json"
    assert server.signal_and_wait(signal.SIGTERM) == 0
    command = [world.returnsd, "--check", "--data", str(server.data)]
    assert subprocess.run(command, timeout=30).returncode == 0
    principals.write_text("{")
    process = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert process.returncode == 1 and str(principals) in process.stderr, process


def test_variables_that_kubernetes_makes_are_no_settings(world):
    environment = {"RETURNSD_SERVICE_HOST": "10.0.0.1", "RETURNSD_PORT_7461_TCP": "tcp://10.0.0.1:7461"}
    process = subprocess.run(
        [world.returnsd, "--check", "--listen", "127.0.0.1:0"],
        cwd=world.path,
        timeout=30,
        env={**os.environ, **environment},
    )
    assert process.returncode == 0


def test_the_example_configuration_is_accepted(world):
    example = DEPLOY / "returnsd.yaml"
    # The check tries what it is told to use, which others use here.
    command = [world.returnsd, "--check", "--data", "d", "--listen", "127.0.0.1:0", "--config"]

    def check(file):
        process = subprocess.run(
            [*command, str(file)], capture_output=True, text=True, timeout=30, cwd=world.path
        )
        assert process.returncode == 0, process.stderr
        return process.stdout

    assert "settings are good" in check(example)
    # What is commented out is right as well.
    whole = world.path / "whole.yaml"
    authority = Authority(world.path)
    server, key = authority.issue("server", "localhost")
    text = re.sub(r"^  # (\w+: \S+)$", r"  \1", example.read_text(), flags=re.MULTILINE)
    for path, file in (
        ("server.pem", server),
        ("server.key", key),
        ("clients.pem", authority.ca_file),
        ("receivers.pem", authority.ca_file),
    ):
        text = text.replace(f"/etc/returns/{path}", str(file))
    text = text.replace("/var/log/returnsd/", f"{world.path}/").replace("127.0.0.1:9464", "127.0.0.1:0")
    redis = world.redis()
    redis.cli("CONFIG", "SET", "requirepass", "s3cret")
    password = world.path / "password"
    password.write_text("s3cret\n")
    password.chmod(0o600)
    text = text.replace("/run/redis/redis.sock", str(redis.socket))
    text = text.replace("/run/credentials/returnsd.service/redis-password", str(password))
    whole.write_text(text)
    assert whole.read_text() != example.read_text() and "tlsCertificate: /tmp" in text
    check(whole)
    assert not (world.path / "spans.jsonl").exists(), "a check begins nothing"


def test_the_unit_stops_the_server_alone():
    unit = (DEPLOY / "returnsd.service").read_text()
    # Or systemd's signal would reach redis-server before the calls in progress have ended.
    assert "\nKillMode=mixed\n" in unit
    assert (
        "--config /etc/returnsd.yaml" in unit
        and "data: /var/lib/returnsd" in (DEPLOY / "returnsd.yaml").read_text()
    )


def test_run_prints_what_to_type_next(world):
    scripts = world.path / "project" / "scripts"
    binaries = world.path / "bin"
    scripts.mkdir(parents=True)
    binaries.mkdir()
    for script in ("run", "release"):
        shutil.copy(ROOT / "scripts" / script, scripts)
    # Building is left out: what is built stands here already.
    for file, text in {
        scripts / "bootstrap": "true",
        binaries / "swift": f'case "$*" in *--show-bin-path*) echo {binaries} ;; esac',
        binaries / "returnsd": 'echo returnsd runs "$@"',
    }.items():
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)

    def run(*flags):
        return subprocess.run(
            [scripts / "run", *flags],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
            cwd=world.path,
            env={**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}"},
        ).stdout

    text = run()
    assert f"alias returnsctl={binaries}/returnsctl" in text and f"cd {world.path}" in text, text
    assert "returnsctl ping" in text and text.rstrip().endswith("returnsd runs"), text
    text = run("--listen", "127.0.0.1:9", "--data=elsewhere")
    assert "export RETURNS_SERVER=127.0.0.1:9" in text, text
    assert "export RETURNS_TOKEN_FILE=elsewhere/admin.token" in text, text
    assert text.rstrip().endswith("returnsd runs --listen 127.0.0.1:9 --data=elsewhere"), text
    assert run("--check") == "returnsd runs --check\n"


def test_addresses(world):
    server = world.server(listen="127.0.0.1:0")
    taken = subprocess.run(
        [world.returnsd, "--listen", server.address, "--data", str(world.path / "other")],
        capture_output=True,
        text=True,
        timeout=40,
    )
    assert taken.returncode == 1 and server.address in taken.stderr, taken
    wrong = subprocess.run(
        [world.returnsd, "--listen", "nowhere", "--data", str(world.path / "third")],
        capture_output=True,
        text=True,
        timeout=40,
    )
    assert wrong.returncode == 1 and "nowhere" in wrong.stderr, wrong
    # Two addresses at once.
    both = world.server("--listen", f"unix:{world.path}/second.sock", listen="127.0.0.1:0", data="both")
    for address in (both.address, f"unix:{world.path}/second.sock"):
        world.ctl(both).at(address).done("ping")


def test_settings_from_environment_and_file(world):
    config = world.path / "returnsd.yaml"
    config.write_text(f"returnsd:\n  data: {world.path}/from-file\n  partitions: 4\n")
    command = [world.returnsd, "--config", str(config), "--check", "--listen", "127.0.0.1:0"]

    def check(*flags, **environment):
        process = subprocess.run(
            [*command, *flags], capture_output=True, text=True, timeout=30, env={**os.environ, **environment}
        )
        assert process.returncode == 0, process.stderr
        return process.stdout

    assert f"data in {world.path}/from-file" in check()
    environment = {"RETURNSD_DATA": f"{world.path}/from-environment"}
    assert f"data in {world.path}/from-environment" in check(**environment)
    assert f"data in {world.path}/from-flag" in check("--data", f"{world.path}/from-flag", **environment)


def test_a_browser_is_told_what_this_port_is(world):
    server = world.server(listen="127.0.0.1:0")
    host, _, port = server.address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        reply = b""
        while chunk := connection.recv(4096):
            reply += chunk
    assert reply.startswith(b"HTTP/1.1 400 ") and b"RCP" in reply, reply
    world.ctl(server).done("ping")


# Stopping and starting when Redis does not help.


def test_a_stop_while_redis_is_awaited(world):
    data = world.path / "d"
    with subprocess.Popen(
        [world.returnsd, "--listen", "127.0.0.1:0", "--data", str(data), "--redis", f"unix://{data}/r"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        world.at_end(process.kill)
        for line in process.stderr:
            if "Not connected to Redis" in line:
                break
        process.send_signal(signal.SIGTERM)
        # Far less than the 30 s for which a start waits for Redis.
        out, _ = process.communicate(timeout=10)
    assert process.returncode == 0 and out == "", out

    # That start came to nothing: the first that works makes the token and says so.
    server = world.server()
    wait_until(lambda: any(str(server.token_file) in line for line in server.lines), "the token's line")


def test_a_second_signal_does_not_wait_for_calls(world):
    redis = world.redis()
    server = world.server("--redis", redis.url, "--conformance")
    plans = '{"replies": [{}, {"delayMs": 60000}]}'
    running = world.ctl(server).start("call", "ServerStreamingCall", "-d", plans, "--timeout", "60s")
    world.at_end(running.end)
    wait_until(lambda: running.has_written, "the call's first reply")
    redis.process.send_signal(signal.SIGSTOP)
    server.process.send_signal(signal.SIGTERM)
    wait_until(lambda: "draining" in server.log, "the drain to begin")
    # Calls in progress would have 30 s; the connections to Redis have 5 s each.
    assert server.signal_and_wait(signal.SIGTERM, seconds=22) == 0, server.log
    assert "second time" in server.log
    answer = running.wait()
    assert answer.status == UNAVAILABLE and "time for stopping is over" in answer.err, answer


def test_a_missing_redis_server_is_said_at_once(world):
    status, text = start_that_fails(world, PATH="/nonexistent")
    assert status == 1 and "redis-server is not installed" in text and "--redis" in text, text
    assert not (world.path / "d").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--rename-command", "FUNCTION", ""], "Redis 7 or later is needed"),
        (["--user", "default", "on", "nopass", "~*", "&*", "+@all", "-function"], "may not load functions"),
    ],
    ids=["too old", "forbidden"],
)
def test_a_redis_without_functions_is_refused_at_once(world, options, words):
    redis = world.redis(*options)
    text = refusal(world, "--redis", redis.url)
    assert words in text
    # Not after 30 s of trying again.
    assert "Not connected" in text


def test_the_commit_function_is_loaded_again(world):
    redis = world.redis()
    server = world.server("--redis", redis.url)
    desk = world.desk(server)
    order = desk.order((MUG, 2, 1000))
    redis.cli("FUNCTION", "FLUSH")
    case = desk.open(order, ("1", 2))
    redis.cli("FUNCTION", "FLUSH")
    case.step("service-1", "verify")


# Repeating what was answered: a reply that was lost is asked for again under the same request id.


def test_principals_are_created_and_revoked_once(world):
    ctl = world.ctl(world.server())

    def repeated(number, *arguments):
        return ctl(*arguments, "--request-id", f"{number:032x}")

    create = ("principal", "create", "service-9", "--role", "service")
    first = repeated(1, *create).json["token"]
    second = repeated(1, *create)
    assert second.status == DONE, second
    tokens = {}
    for name, token in {"first": first, "second": second.json["token"]}.items():
        file = world.path / name
        file.write_text(token)
        file.chmod(0o600)
        tokens[name] = ctl.with_token(file)("case", "list").status
    assert tokens["first"] != DONE and tokens["second"] == DONE, tokens
    other = repeated(1, "principal", "create", "service-9", "--role", "finance")
    assert "[REQUEST_ID_REUSED]" in other.err, other
    assert "[NAME_TAKEN]" in repeated(2, *create).err

    for _ in range(2):
        revoked = repeated(3, "principal", "revoke", "service-9", "--yes")
        assert revoked.status == DONE, revoked
    assert "[PRINCIPAL_UNKNOWN]" in repeated(4, "principal", "revoke", "service-9", "--yes").err
    assert "[REVOKED_SINCE]" in repeated(1, *create).err


def test_a_token_ends_at_its_time(world):
    ctl = world.ctl(world.server())
    file = world.path / "temp.token"
    create = ("principal", "create", "temp", "--role", "service", "--save", file)
    created = ctl.done(*create, "--expires-at", "+3s")
    assert " until " in created.err, created
    temp = ctl.with_token(file)
    temp.done("case", "list")
    listed = {one["name"]: one for one in ctl("principal", "list", output="jsonl").rows}
    assert int(listed["temp"]["expiresAtMs"]) > int(listed["temp"]["createdAtMs"]), listed
    assert "expiresAtMs" not in listed["admin"], listed
    wait_until(lambda: temp("case", "list").status == NOT_ALLOWED, "the token's end", pause=0.2)
    past = ctl("principal", "create", "late", "--role", "service", "--expires-at", "-1d")
    assert_refused(past, FAILED, "OUT_OF_RANGE", "a later time")


def test_the_test_clock_moves_once_for_a_request(world):
    server = world.server("--test-clock")
    ctl = world.ctl(server)

    def advance(number, by):
        return ctl("admin", "advance-clock", by, "--request-id", f"{number:032x}")

    first = advance(1, "1h")
    assert first.status == DONE, first
    assert advance(1, "1h").json == first.json
    assert "[REQUEST_ID_REUSED]" in advance(1, "2h").err
    second = advance(2, "1h")
    assert int(second.json["nowMs"]) - int(first.json["nowMs"]) == 3_600_000
    assert advance(1, "1h").json == first.json
    assert int(ctl.done("admin", "info").json["nowMs"]) == int(second.json["nowMs"])
