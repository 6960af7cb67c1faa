"""A file of the embedded Redis is missing at the start: the start refuses in words and leaves the rest as it
is, so that the file can be put back; --accept-loss goes on with what the store was before the gap.
"""

import os
import pathlib
import re
import signal
import subprocess

import pytest
from harness.desk import MUG
from harness.processes import redis_cli
from harness.waiting import wait_until
from test_server import refusal
from test_store_identity import accept, serves

MANIFEST, BASE, INCREMENT = "appendonly.aof.manifest", "*.base.rdb", "*.incr.aof"


class Store:
    """A stopped server's files: a base that holds cases, and changes since then."""

    def __init__(self, world):
        server = world.server()
        desk = world.desk(server)
        self.old = self.open(desk, 3)
        # Redis writes its base anew, with all that there is.
        redis_cli(server.data / "redis.sock", "BGREWRITEAOF")
        folder = server.data / "redis" / "appendonlydir"
        wait_until(
            lambda: [*folder.glob("*.2.base.rdb")] and self.idle(server), "the files to be written anew"
        )
        self.new = self.open(desk, 2)
        self.folder, self.world = folder, world
        assert server.signal_and_wait(signal.SIGTERM) == 0

    @staticmethod
    def open(desk, count):
        return {desk.open(desk.order((MUG, 2, 900)), ("1", 1)).id for _ in range(count)}

    @staticmethod
    def idle(server):
        return "aof_rewrite_in_progress:0" in redis_cli(server.data / "redis.sock", "INFO", "persistence")

    def file(self, name):
        (found,) = self.folder.glob(name)
        return found

    def content(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


@pytest.fixture
def store(world):
    return Store(world)


def checked(world, *flags):
    command = [
        world.returnsd,
        "--check",
        "--data",
        world.path / "d",
        "--listen",
        f"unix:{world.path}/c.sock",
        *flags,
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=40, cwd=world.path)


def cases(ctl):
    return {row["id"] for row in ctl.done("case", "list", output="jsonl").rows}


@pytest.mark.parametrize("name", [MANIFEST, BASE, INCREMENT])
def test_a_start_refuses_and_touches_nothing_so_that_the_file_can_be_put_back(world, store, name):
    missing = store.file(name)
    whole = missing.read_bytes()
    missing.unlink()
    before = store.content()
    for _ in range(2):
        line = refusal(world)
        assert f"lacks {missing.name}" in line and "--accept-loss" in line and "RUNBOOK.md" in line, line
        assert store.content() == before
    # The check finds what the start would.
    process = checked(world)
    assert process.returncode == 1 and f"lacks {missing.name}" in process.stderr, process
    process = checked(world, "--accept-loss")
    said = process.stdout if name != MANIFEST else process.stderr
    assert process.returncode == (name == MANIFEST) and f"lacks {missing.name}" in said, process
    assert store.content() == before
    missing.write_bytes(whole)
    server = world.server()
    ctl = world.ctl(server)
    assert serves(ctl) and cases(ctl) == store.old | store.new


def test_accept_loss_goes_on_with_an_empty_store_and_keeps_what_is_left(world, store):
    store.file(BASE).unlink()
    before = store.content()
    server = accept(world)
    ctl = world.ctl(server)
    aside = store.folder.with_name("appendonlydir.lost-1")
    assert serves(ctl) and cases(ctl) == set()
    assert {path.name: path.read_bytes() for path in aside.iterdir()} == before
    assert str(aside) in server.log
    assert server.signal_and_wait(signal.SIGTERM) == 0
    # Once is enough.
    assert serves(world.ctl(world.server()))


def test_accept_loss_goes_on_without_the_changes_since_the_base(world, store):
    missing = store.file(INCREMENT)
    missing.unlink()
    server = accept(world)
    ctl = world.ctl(server)
    assert serves(ctl) and cases(ctl) == store.old
    assert f"lacks {missing.name}" in server.log
    assert server.signal_and_wait(signal.SIGTERM) == 0
    assert serves(world.ctl(world.server()))


def begin_to_write_anew(server):
    """A rewrite that begins and does not end: what changes from now on is in another file."""
    manifest, pid = server.data / "redis" / "appendonlydir" / MANIFEST, server.redis_pid
    before = manifest.read_bytes()
    redis_cli(server.data / "redis.sock", "CONFIG", "SET", "rdb-key-save-delay", "10000000")
    redis_cli(server.data / "redis.sock", "BGREWRITEAOF")

    def children():
        found = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in found]

    wait_until(lambda: manifest.read_bytes() != before and children(), "another file of changes")
    for child in children():
        os.kill(child, signal.SIGKILL)
    wait_until(lambda: Store.idle(server), "the rewrite to end")


class SeveralIncrements:
    """A stopped server's files: a base, and three increments, since two rewrites began and did not end. Each
    increment changes what the files before it made. States are what the store was at the end of each file.
    """

    def __init__(self, world):
        self.server = world.server()
        self.desk = world.desk(self.server)
        self.socket = self.server.data / "redis.sock"
        self.folder = self.server.data / "redis" / "appendonlydir"
        self.ids, self.states = [], []
        self.change()
        redis_cli(self.socket, "BGREWRITEAOF")
        wait_until(
            lambda: [*self.folder.glob("*.2.base.rdb")] and Store.idle(self.server),
            "the files to be written anew",
        )
        self.change()
        for _ in range(2):
            begin_to_write_anew(self.server)
            self.change()
        assert self.server.signal_and_wait(signal.SIGTERM) == 0
        self.increments = [
            line.split()[1]
            for line in (self.folder / MANIFEST).read_text().splitlines()
            if line.endswith("type i")
        ]
        assert len(self.increments) == 3
        (base,) = self.folder.glob(BASE)
        self.files = [base.name, *self.increments]

    def change(self):
        for case in self.ids:
            self.desk["service-1"].done("case", "note", case, "Seen.", "--yes")
        self.ids.append(self.desk.open(self.desk.order((MUG, 2, 900)), ("1", 1)).id)
        self.states.append(versions(self.desk.admin))

    def content(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


def versions(ctl):
    return {row["id"]: row["version"] for row in ctl.done("case", "list", output="jsonl").rows}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_accept_loss_goes_on_with_what_the_store_was_before_the_gap(world, number):
    several = SeveralIncrements(world)
    missing, last = several.increments[number], several.files[number]
    (several.folder / missing).unlink()
    before = several.content()
    outcome = f"the store goes on as it was at the end of {last}"
    assert outcome in refusal(world)
    process = checked(world, "--accept-loss")
    assert process.returncode == 0 and outcome in process.stdout, process
    assert several.content() == before
    server = accept(world)
    ctl = world.ctl(server)
    assert serves(ctl) and versions(ctl) == several.states[number]
    assert "problems" not in ctl.done("admin", "verify-indexes").json
    assert outcome in server.log
    # What lies behind is kept, with the manifest that says what it was.
    behind = several.increments[number + 1 :]
    aside = several.folder.with_name("appendonlydir.lost-1")
    kept = {path.name: path.read_bytes() for path in aside.iterdir()} if aside.exists() else {}
    assert kept == ({name: before[name] for name in [*behind, MANIFEST]} if behind else {})
    assert (str(aside) in server.log) == bool(behind)
    # The files before the gap are as they were, and the gap is closed for good.
    assert all((several.folder / name).read_bytes() == before[name] for name in several.files[: number + 1])
    assert server.signal_and_wait(signal.SIGTERM) == 0
    ctl = world.ctl(world.server())
    assert serves(ctl) and versions(ctl) == several.states[number]


def test_a_power_cut_while_the_files_are_written_anew_costs_nothing(world):
    """Half a change at the end of the last file was never acknowledged; Redis cuts it."""
    several = SeveralIncrements(world)
    last = several.folder / several.increments[-1]
    with last.open("ab") as file:
        file.write(b"*3\r\n$4\r\nHSET\r\n$3\r\nke")
    process = checked(world)
    assert process.returncode == 0, process
    ctl = world.ctl(world.server())
    assert serves(ctl) and versions(ctl) == several.states[-1]
    assert "problems" not in ctl.done("admin", "verify-indexes").json


@pytest.mark.parametrize("number", [0, 1])
def test_a_file_that_others_follow_is_cut_by_nobody_but_by_hand(world, number):
    """Redis would cut it, and load the others behind what is missing at the next start."""
    several = SeveralIncrements(world)
    torn = several.folder / several.increments[number]
    with torn.open("ab") as file:
        file.write(b"*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$1\r\ny\r\n")
    before = several.content()
    words = f"{torn} ends within a change, and files of later changes follow it"
    for flags in [[], ["--accept-loss"]]:
        assert words in refusal(world, *flags)
        process = checked(world, *flags)
        assert process.returncode == 1 and words in process.stderr, process
    assert several.content() == before
    # As RUNBOOK.md says: cut there, the later ones out of the folder.
    subprocess.run(
        ["redis-check-aof", "--fix", torn], input=b"y\n", check=True, capture_output=True, timeout=60
    )
    for name in several.increments[number + 1 :]:
        (several.folder / name).rename(world.path / name)
    ctl = world.ctl(accept(world))
    assert serves(ctl) and versions(ctl) == several.states[number + 1]


def written_by_hand(line):
    """The manifest that a refusal says to write."""
    return "".join(f"{each}\n" for each in re.findall(r'"(file [^"]*)"', line))


def without(manifest, word):
    return "".join(line for line in manifest.splitlines(True) if word not in line)


def test_a_whole_store_is_never_put_aside_but_told_how_to_list(world, store):
    """By a manifest of before the files were written anew, by one without its base, or by none."""
    manifest = store.file(MANIFEST)
    newest = manifest.read_text()
    older = "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n"
    for text in [older, without(newest, ".base."), ""]:
        manifest.write_text(text)
        before = store.content()
        line = refusal(world)
        assert refusal(world, "--accept-loss") == line and "--accept-loss is not taken" in line, line
        assert ("is older than its files" in line) == bool(text), line
        assert all(store.file(name).name in line for name in [BASE, INCREMENT]), line
        for flags in [[], ["--accept-loss"]]:
            process = checked(world, *flags)
            assert process.returncode == 1 and "--accept-loss is not taken" in process.stderr, process
        assert store.content() == before and not [*store.folder.parent.glob("*.lost-*")]
        manifest.write_text(written_by_hand(line))
        assert manifest.read_text() == newest
        server = world.server()
        assert cases(world.ctl(server)) == store.old | store.new
        assert server.signal_and_wait(signal.SIGTERM) == 0
    # Without them, as it says.
    for path in store.folder.iterdir():
        path.rename(world.path / path.name)
    ctl = world.ctl(accept(world))
    assert serves(ctl) and cases(ctl) == set()


def test_a_manifest_without_a_line_is_refused_and_accept_loss_uses_nothing_behind_it(world):
    """As one that was written by hand; Redis would load the other files."""
    several = SeveralIncrements(world)
    manifest = several.folder / MANIFEST
    number = 2
    manifest.write_text(without(manifest.read_text(), several.files[number]))
    before = several.content()
    assert "lacks the line of" in refusal(world) and several.content() == before
    server = accept(world)
    ctl = world.ctl(server)
    assert serves(ctl) and versions(ctl) == several.states[number - 1]
    aside = several.folder.with_name("appendonlydir.lost-1")
    assert {path.name for path in aside.iterdir()} == {*several.files[number:], MANIFEST}


@pytest.mark.parametrize("name", [BASE, INCREMENT])
def test_a_manifest_may_say_more_of_each_file(world, store, name):
    """Redis 8 does."""
    manifest = store.file(MANIFEST)
    listed = manifest.read_text().replace("\n", " startoffset 224 endoffset 532\n")
    manifest.write_text(listed)
    missing = store.file(name)
    whole = missing.read_bytes()
    missing.unlink()
    assert f"lacks {missing.name}" in refusal(world)
    process = checked(world)
    assert process.returncode == 1 and f"lacks {missing.name}" in process.stderr, process
    missing.write_bytes(whole)
    ctl = world.ctl(world.server())
    assert serves(ctl) and cases(ctl) == store.old | store.new


def test_a_manifest_can_be_written_by_hand_as_the_runbook_says(world, store):
    manifest = store.file(MANIFEST)
    base, increment = store.file(BASE).name, store.file(INCREMENT).name
    manifest.unlink()
    manifest.write_text(f"file {base} seq 2 type b\nfile {increment} seq {increment.split('.')[2]} type i\n")
    ctl = world.ctl(world.server())
    assert serves(ctl) and cases(ctl) == store.old | store.new


def test_a_first_start_that_was_killed_hinders_no_second_one(world):
    """Redis writes its manifest last; what it leaves behind then holds nothing."""
    server = world.server()
    assert server.signal_and_wait(signal.SIGTERM) == 0
    folder = server.data / "redis" / "appendonlydir"
    for path in folder.iterdir():
        path.unlink()
    (server.data / "store.mark").unlink()
    (folder / "appendonly.aof.1.incr.aof").write_bytes(b"")
    assert serves(world.ctl(world.server()))


def test_an_empty_base_file_counts_as_missing(world, store):
    """Redis would load the changes alone."""
    base = store.file(BASE)
    whole = base.read_bytes()
    base.write_bytes(b"")
    assert f"lacks {base.name}" in refusal(world)
    assert f"lacks {base.name}" in checked(world).stderr
    base.write_bytes(whole)
    server = world.server()
    assert cases(world.ctl(server)) == store.old | store.new
    assert server.signal_and_wait(signal.SIGTERM) == 0
    store.file(BASE).write_bytes(b"")
    ctl = world.ctl(accept(world))
    assert serves(ctl) and cases(ctl) == set()
    assert (store.folder.with_name("appendonlydir.lost-1") / base.name).exists()


def test_changes_behind_an_older_manifest_are_not_left_out(world):
    """As of before a rewrite that was cut short: the line of the newest changes is all that is missing."""
    several = SeveralIncrements(world)
    manifest = several.folder / MANIFEST
    newest = manifest.read_text()
    for number in (3, 2):
        last = several.files[number]
        manifest.write_text(
            "".join(line for line in newest.splitlines(True) if line.split()[1] not in several.files[number:])
        )
        before = several.content()
        for flags in [[], ["--accept-loss"]]:
            line = refusal(world, *flags)
            assert f"does not name all of {', '.join(several.files)}" in line and last in line, line
            assert "--accept-loss is not taken" in line, line
            process = checked(world, *flags)
            assert process.returncode == 1 and "--accept-loss is not taken" in process.stderr, process
        assert several.content() == before
        manifest.write_text(written_by_hand(line))
        server = world.server()
        ctl = world.ctl(server)
        assert serves(ctl) and versions(ctl) == several.states[-1]
        assert server.signal_and_wait(signal.SIGTERM) == 0
    # Without them, as it says.
    manifest.write_text("".join(line for line in newest.splitlines(True) if several.files[3] not in line))
    (several.folder / several.files[3]).rename(world.path / "newest.aof")
    ctl = world.ctl(accept(world))
    assert serves(ctl) and versions(ctl) == several.states[2]


@pytest.mark.parametrize("problem", ["lacks appendonly.aof.1.incr.aof", "redis-server ended"])
def test_health_says_why_redis_is_not_there(world, problem):
    server = world.server("--metrics", "127.0.0.1:0")
    ctl = world.ctl(server)
    increment = server.data / "redis" / "appendonlydir" / "appendonly.aof.1.incr.aof"
    away = world.path / "away.aof"
    if "lacks" in problem:
        increment.rename(away)
    else:
        away.write_bytes(increment.read_bytes())
        increment.write_bytes(away.read_bytes() + bytes(4096))
    os.kill(server.redis_pid, signal.SIGKILL)
    words = f"Redis does not answer: {server.data}/redis/appendonlydir " if "lacks" in problem else ""
    wait_until(lambda: problem in server.http("/readyz")[1], "health to say why")
    assert server.http("/readyz")[1].startswith(words or "Redis does not answer: redis-server ended")
    assert problem in ctl("admin", "info", output="table").out
    assert problem in ctl("ping", output="table").out
    # Other calls say it in a clause, which names no path.
    answer = ctl("case", "list", output="table")
    words = "files of the store's Redis are missing" if "lacks" in problem else "the store's Redis ended"
    assert words in answer.err and "tell whoever runs this server" in answer.err, answer
    assert str(server.data) not in answer.err, answer
    away.rename(increment)
    wait_until(lambda: server.http("/readyz") == (200, "ok\n"), "Redis to be started again")
