"""returnsd --check tries what a start needs, and leaves nothing behind."""

import pathlib
import socket
import subprocess

import pytest
from harness.waiting import wait_until


@pytest.fixture
def check(world):
    def run(*flags, data=None, listen=None):
        listen = listen or f"unix:{world.path}/c.sock"
        data = data or world.path / "d"
        command = [world.returnsd, "--check", "--data", str(data), "--listen", listen, *map(str, flags)]
        return subprocess.run(command, capture_output=True, text=True, timeout=40, cwd=world.path)

    return run


def refused(process):
    assert process.returncode == 1 and process.stdout == "", process
    assert process.stderr.startswith("returnsd: "), process
    return process.stderr


def test_it_says_what_it_tried_and_what_it_did_not(world, check):
    process = check("--metrics", "127.0.0.1:0", listen="127.0.0.1:0")
    assert process.returncode == 0 and process.stderr == "", process
    lines = process.stdout.splitlines()
    assert lines[0].startswith("settings are good")
    for words in ("data folder", "127.0.0.1:0: bound", "for metrics"):
        assert any(line.startswith("  tried: ") and words in line for line in lines), lines
    assert any(line.startswith("  not tried: ") and "redis-server" in line for line in lines), lines
    assert list(world.path.iterdir()) == []


def names(folder):
    """But for a file that is being replaced just now."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".new")


def test_a_folder_in_use(world, check):
    server = world.server()
    wait_until(lambda: (server.data / "store.mark").exists(), "what the server notes once a second")
    before = names(server.data)
    assert "another returnsd uses the data folder" in refused(check(data=server.data))
    assert names(server.data) == before
    world.ctl(server).done("ping")


def test_a_folder_that_is_there_is_left_as_it_was(world, check):
    data = world.path / "d"
    data.mkdir(mode=0o700)
    assert check().returncode == 0
    assert list(data.iterdir()) == []


def test_a_folder_that_cannot_be_written(check):
    assert "/proc/x" in refused(check(data=pathlib.Path("/proc/x")))


def test_an_address_in_use(world, check):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert address in refused(check(listen=address))
        assert f"cannot listen for metrics on {address}" in refused(check("--metrics", address))
    server = world.server()
    assert server.address.removeprefix("unix:") in refused(
        check(listen=server.address, data=world.path / "e")
    )
    assert check(listen=address, data=world.path / "e").returncode == 0


def test_a_redis(world, check):
    assert "Redis" in refused(check("--redis", f"unix://{world.path}/none.sock"))
    redis = world.redis()
    fresh = check("--redis", redis.url, "--partitions", "8")
    assert "no store yet; the first start makes one of 8 partitions" in fresh.stdout, fresh
    assert redis.cli("DBSIZE") == "0"
    server = world.server("--redis", redis.url, "--partitions", "8")
    server.end()
    assert " of 8 partitions" in check("--redis", redis.url, "--partitions", "8").stdout
    text = refused(check("--redis", redis.url, "--partitions", "16"))
    assert "8 partitions, not 16" in text
    redis.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    assert "noeviction" in refused(check("--redis", redis.url, "--partitions", "8"))


def test_what_would_be_accepted_as_lost_is_said(world, check):
    redis = world.redis()
    flags = ("--redis", redis.url, "--partitions", "8")
    server = world.server(*flags)
    server.end()
    mark = server.data / "store.mark"
    known = mark.read_text()
    lines = known.splitlines()
    counts = lines[3].split(" ")
    counts[0] = str(int(counts[0]) + 5)
    mark.write_text("\n".join([*lines[:3], " ".join(counts), *lines[4:], ""]))
    missing = "at least 5 acknowledged changes are missing"
    assert missing in refused(check(*flags))
    before = redis.cli("HGETALL", "returns:store")
    accepted = check(*flags, "--accept-loss")
    assert accepted.returncode == 0 and accepted.stderr == "", accepted
    assert (
        "a start would go on after a loss: a loss is accepted: Redis holds an earlier state of the store:"
        f" {missing}" in (accepted.stdout)
    ), accepted
    # What is wrong besides stays an error.
    assert "8 partitions, not 16" in refused(
        check("--redis", redis.url, "--partitions", "16", "--accept-loss")
    )
    mark.write_text(known)
    assert "nothing is found missing" in check(*flags, "--accept-loss").stdout
    assert redis.cli("HGETALL", "returns:store") == before
    redis.cli("FLUSHALL")
    assert "Redis is empty" in refused(check(*flags))
    assert "a new, empty store is made in the place of" in check(*flags, "--accept-loss").stdout
    assert redis.cli("DBSIZE") == "0"


def test_what_it_says_must_be_written(world):
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [world.returnsd, "--check", "--data", "d", "--listen", f"unix:{world.path}/c.sock"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=40, cwd=world.path,
        )  # fmt: skip
    assert process.returncode == 1 and process.stderr.startswith("returnsd: "), process


def test_what_only_a_start_of_the_embedded_store_tells_is_said(check):
    assert not any("--accept-loss" in line for line in check().stdout.splitlines())
    (line,) = (line for line in check("--accept-loss").stdout.splitlines() if "--accept-loss" in line)
    assert line.startswith("  not tried: ") and "would accept as lost is not known" in line, line
