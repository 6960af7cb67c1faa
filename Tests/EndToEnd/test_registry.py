"""One registry of principals for all servers of a store: what one server changes the others know, and
an administrator's lost token is replaced."""

import shutil
import signal
import subprocess

from harness.command import DONE, NOT_FOUND, UNAVAILABLE, assert_refused
from harness.waiting import wait_until
from test_server import refusal

NO_CASE = "6ARW64ZN07831N0P"


def test_servers_of_one_store_have_the_same_principals(world):
    redis = world.redis()
    first, second = (world.server("--redis", redis.url, data=name) for name in "ab")
    # The store's first start alone makes an administrator.
    assert first.token_file.exists() and not second.token_file.exists()
    wait_until(
        lambda: any("token is in" in line for line in first.lines), "the first one to name its token's file"
    )
    assert not any("token is in" in line for line in second.lines)
    one, two = world.ctl(first), world.ctl(second)
    file = world.path / "lena.token"
    one.done("principal", "create", "lena", "--role", "service", "--save", file)
    # Asked for at once, the other one tells what is so now, and takes lena for no stranger.
    assert "lena" in [row["name"] for row in two.done("principal", "list", output="jsonl").rows]
    one.done("principal", "create", "ben", "--role", "service", "--save", world.path / "ben.token")
    assert_refused(two("case", "assign", NO_CASE, "--to", "ben"), NOT_FOUND, "CASE_UNKNOWN")
    lena = two.with_token(file)
    wait_until(lambda: lena("ping").status == DONE, "the other server to know lena")
    two.done("principal", "revoke", "lena", "--yes")
    wait_until(lambda: one.with_token(file)("ping").status != DONE, "the first server to know of it")
    assert_refused(one("principal", "revoke", "lena", "--yes"), NOT_FOUND, "no principal lena")
    for server in (first, second):
        assert file.read_text().strip() not in server.log


def test_an_administrators_lost_token_is_replaced(world):
    server = world.server()
    lost = world.path / "lost.token"
    lost.write_bytes(server.token_file.read_bytes())
    lost.chmod(0o600)
    command = [world.returnsd, "--new-admin-token", "--data", str(server.data)]
    # While the server has the folder, it says so.
    busy = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert busy.returncode == 1 and "another returnsd uses the data folder" in busy.stderr, busy
    assert server.signal_and_wait(signal.SIGTERM) == 0
    made = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert made.returncode == 0 and str(server.token_file) in made.stdout, made
    assert server.token_file.read_text() not in made.stdout + made.stderr
    again = world.server()
    admin = world.ctl(again)
    assert admin.done("admin", "info").json["principal"] == "admin"
    assert admin.with_token(lost)("admin", "info").status != DONE


def test_a_new_token_needs_a_store(world):
    redis = world.redis()
    empty = world.path / "empty"
    empty.mkdir(mode=0o700)
    away = "unix://" + str(world.path / "nowhere.sock")
    for data, flags, words in [
        ("nothing", [], "there is no store in"),
        ("empty", [], "there is no store in"),
        ("nothing", ["--redis", redis.url], "there is no store in"),
        ("nothing", ["--redis", away], "nowhere.sock"),
    ]:
        command = [world.returnsd, "--new-admin-token", "--data", str(world.path / data), *flags]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert refused.returncode == 1 and refused.stdout == "" and words in refused.stderr, refused
        assert "notWritten" not in refused.stderr
        assert not (world.path / "nothing").exists() and list(empty.iterdir()) == []


def new_token(world, *flags, data="d"):
    command = [world.returnsd, "--new-admin-token", "--data", str(world.path / data), *flags]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_new_token_says_what_is_the_matter_with_the_store_as_a_start_does(world):
    redis = world.redis()
    flags = ("--redis", redis.url, "--partitions", "4")
    assert world.server(*flags).signal_and_wait(signal.SIGTERM) == 0
    for damage, words in [
        (("HSET", "returns:store", "runs", "x"), "it lacks its id or its runs"),
        (("DEL", "returns:store"), "it is gone, and keys of a store are there"),
    ]:
        redis.cli(*damage)
        for data in "d", "fresh":
            started = refusal(world, *flags, data=data)
            assert words in started and "--accept-loss" in started, started
            refused = new_token(world, *flags, data=data)
            assert refused.returncode == 1 and refused.stdout == "", refused
            assert refused.stderr.splitlines()[-1] == started, refused
    assert redis.cli("EXISTS", "returns:store") == "0"
    # With the flag it does what the start would.
    made = new_token(world, *flags, "--accept-loss")
    assert made.returncode == 0 and redis.cli("EXISTS", "returns:store") == "1", made
    redis.cli("FLUSHALL")
    refused = new_token(world, *flags)
    assert refused.returncode == 1 and "Redis is empty" in refused.stderr, refused
    # No store is made for the sake of a token.
    refused = new_token(world, *flags, "--accept-loss")
    assert refused.returncode == 1 and "there is no store in" in refused.stderr, refused
    assert redis.cli("DBSIZE") == "0"


def test_a_new_token_says_that_the_embedded_store_is_gone(world):
    server = world.server()
    assert server.signal_and_wait(signal.SIGTERM) == 0
    shutil.rmtree(server.data / "redis")
    assert "Redis is empty" in new_token(world).stderr
    assert "Redis is empty" in refusal(world)


def test_a_revocation_says_that_it_holds_on_one_server_alone(world):
    redis = world.redis()
    first, second = (world.server("--redis", redis.url, data=name) for name in "ab")
    one = world.ctl(first)
    one.done("principal", "create", "lena", "--role", "service")
    one.done("principal", "create", "ben", "--role", "service")
    everywhere = one.done("principal", "revoke", "ben", "--yes", output="table")
    assert "ben may not log in any more" in everywhere.out
    redis.stop()
    revoked = one.done("principal", "revoke", "lena", "--yes", output="table")
    assert "at this server" in revoked.out and "other servers still let it in" in revoked.out, revoked
    assert second.process.poll() is None


def test_nobody_is_called_unknown_while_the_store_is_away(world):
    redis = world.redis()
    first, second = (world.server("--redis", redis.url, data=name) for name in "ab")
    one, two = world.ctl(first), world.ctl(second)
    one.done("principal", "create", "ben", "--role", "service", "--save", world.path / "ben.token")
    redis.process.send_signal(signal.SIGSTOP)
    try:
        answer = two("--timeout", "20s", "case", "assign", NO_CASE, "--to", "ben")
    finally:
        redis.process.send_signal(signal.SIGCONT)
    assert answer.status == UNAVAILABLE and "PERSON_UNKNOWN" not in answer.err, answer
