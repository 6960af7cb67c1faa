"""returnsd's own manners: starting, refusing to start, and stopping."""

import os
import signal
import socket
import stat
import subprocess

import pytest

from harness.command import DONE, UNAVAILABLE
from harness.desk import MUG
from harness.processes import is_running
from harness.sample import ORDERS, lines_of, read_acknowledged
from harness.waiting import wait_until

USAGE = 64
# Orders of an import that a stop interrupts.
MANY = 1_500


def start_that_fails(world, *flags, data="d", **environment):
    """Runs a returnsd that has to refuse to start; returns its status and what it said."""
    process = subprocess.run(
        [
            world.returnsd,
            "--listen",
            f"unix:{world.path}/refused.sock",
            "--data",
            str(world.path / data),
            *flags,
        ],
        capture_output=True,
        text=True,
        timeout=40,
        cwd=world.path,
        env={**os.environ, **environment},
    )
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
    assert not any("first start" in line for line in again.lines)


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
    assert "allkeys-lru" in text and "set it to noeviction" in text


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
    assert "the store has 8 partitions, not 16" in refusal(world, "--partitions", "16")


@pytest.mark.parametrize(
    "flags, words",
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
    "flags, words",
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
    command = [world.returnsd, "--config", str(config), "--check"]

    def check(*flags, **environment):
        process = subprocess.run(
            [*command, *flags], capture_output=True, text=True, timeout=30, env={**os.environ, **environment}
        )
        assert process.returncode == 0, process.stderr
        return process.stdout

    assert f"data in {world.path}/from-file" in check()
    assert "data in /from/environment" in check(RETURNSD_DATA="/from/environment")
    assert "data in /from/flag" in check("--data", "/from/flag", RETURNSD_DATA="/from/environment")


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
