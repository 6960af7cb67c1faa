"""What RUNBOOK.md says to type is typed, as it is printed there."""

import itertools
import json
import os
import pathlib
import pwd
import re
import shlex
import shutil
import signal
import socket
import subprocess

import pytest
from harness.command import DONE
from harness.desk import MUG
from harness.processes import redis_cli
from harness.waiting import wait_until
from test_append_only_files import begin_to_write_anew
from test_server import refusal
from test_store_identity import accept, serves

RUNBOOK = pathlib.Path(__file__).resolve().parents[2] / "RUNBOOK.md"


def blocks(heading, indent=4):
    """The commands of each block of a section; those within a list are indented further."""
    section = RUNBOOK.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = re.findall(rf"(?:^ {{{indent}}}\S.*\n)+", section, re.MULTILINE)
    return [[line.strip() for line in block.splitlines()] for block in found]


class Operator:
    """Types the commands. The unit is a server of the test, and DATA its folder; all else is as printed."""

    def __init__(self, world, data):
        self.world, self.data = world, data
        self.server = None

    def type(self, commands):
        for command in commands:
            if command == "systemctl stop returnsd":
                if self.server:
                    assert self.server.signal_and_wait(signal.SIGTERM) == 0
                self.server = None
            elif command == "systemctl start returnsd":
                self.server = self.world.server(data=self.data)
            elif command == "runuser -u returnsd -- returnsd --config /etc/returnsd.yaml --accept-loss":
                self.server = self.world.server("--accept-loss", data=self.data)
            else:
                # Whose the folder is here is this user.
                line = command.replace("DATA", self.data).replace(
                    "returnsd:", f"{pwd.getpwuid(os.getuid()).pw_name}:"
                )
                subprocess.run(line, shell=True, check=True, cwd=self.world.path, timeout=60)

    def end_and_go_back_to_the_unit(self, commands):
        words = "refunds wait until finance has confirmed them"
        wait_until(lambda: words in self.server.log, "the log to say that the loss is accepted")
        assert words in RUNBOOK.read_text()
        self.server.process.send_signal(signal.SIGINT)
        assert self.server.process.wait(timeout=40) == 0
        self.server = None
        self.type(commands)


def opened(desk, count):
    return {desk.open(desk.order((MUG, 2, 900)), ("1", 1)).id for _ in range(count)}


def cases(ctl):
    return {row["id"] for row in ctl.done("case", "list", output="jsonl").rows}


@pytest.fixture
def operator(world):
    operator = Operator(world, "d")
    operator.type(["systemctl start returnsd"])
    return operator


BACK_UP, RESTORE, BACK_TO_THE_UNIT, *NEW_MACHINE = blocks("Backup and restore of the embedded store")


def test_a_backup_is_restored(world, operator):
    desk = world.desk(operator.server)
    old = opened(desk, 2)
    operator.type(BACK_UP)
    assert serves(world.ctl(operator.server)) and cases(world.ctl(operator.server)) == old
    desk.admin = world.ctl(operator.server)
    for person in desk.people.values():
        person.server = operator.server.address
    new = opened(desk, 2)
    cursor = world.path / "c"
    tail = ("event", "tail", "--cursor-file", cursor, "--no-follow")
    desk.admin.done(*tail, "--from", "beginning", output="jsonl")
    # Without the last word, the start says how much is missing.
    operator.type(RESTORE[:-1])
    line = refusal(world)
    assert re.search(r"at least \d+ acknowledged changes are missing", line) and "--accept-loss" in line, line
    operator.type(RESTORE[-1:])
    assert cases(world.ctl(operator.server)) == old
    operator.end_and_go_back_to_the_unit(BACK_TO_THE_UNIT)
    ctl = world.ctl(operator.server)
    assert serves(ctl) and cases(ctl) == old and new.isdisjoint(old)
    # Tokens, refunds and cursors are as the runbook says.
    assert "refunds wait" in ctl.done("admin", "info", output="table").out
    answer = ctl(*tail, output="jsonl")
    assert answer.status != DONE and "CURSOR_OF_LOST_EVENTS" in answer.err, answer
    assert desk["service-1"].at(operator.server.address)("case", "list").status == DONE


def test_a_backup_is_unpacked_on_a_new_machine(world, operator):
    desk = world.desk(operator.server)
    old = opened(desk, 2)
    operator.type(BACK_UP)
    desk.admin = world.ctl(operator.server)
    for person in desk.people.values():
        person.server = operator.server.address
    opened(desk, 1)
    cursor = world.path / "c"
    tail = ("event", "tail", "--cursor-file", cursor, "--no-follow")
    desk.admin.done(*tail, "--from", "beginning", output="jsonl")
    operator.type(["systemctl stop returnsd"])
    moved = Operator(world, "new")
    (commands,) = NEW_MACHINE
    moved.type(commands)
    ctl = world.ctl(moved.server)
    assert serves(ctl) and cases(ctl) == old
    moved.end_and_go_back_to_the_unit(BACK_TO_THE_UNIT)
    ctl = world.ctl(moved.server)
    assert serves(ctl) and cases(ctl) == old
    # Nothing is found missing there, and yet refunds wait and cursors of later are told.
    assert "refunds wait" in ctl.done("admin", "info", output="table").out
    answer = ctl(*tail, output="jsonl")
    assert answer.status != DONE and "CURSOR_OF_LOST_EVENTS" in answer.err, answer


(MEND,) = blocks("Redis ends at its start")
(CUT,) = blocks("Redis ends at its start", indent=7)


@pytest.mark.parametrize("lost", [0, 1])
def test_damaged_files_are_mended(world, operator, lost):
    desk = world.desk(operator.server)
    old = opened(desk, 2)
    folder = operator.server.data / "redis" / "appendonlydir"
    (increment,) = folder.glob("*.incr.aof")
    size = increment.stat().st_size
    new = opened(desk, 1)
    # The mark is written once a second, and at the stop.
    operator.type(MEND[:1])
    with increment.open("r+b") as file:
        if lost:
            file.seek(size)
        else:
            file.seek(0, os.SEEK_END)
        file.write(bytes(8192))
    for flags in ([], ["--accept-loss"]):
        line = refusal(world, *flags)
        assert "redis-server ended" in line and "Redis ends at its start" in line, line
    operator.type(MEND[1:2])
    # It asks, and somebody says yes.
    operator.type([f"echo y | {MEND[2]}"])
    if lost:
        assert "acknowledged changes are missing" in refusal(world)
        operator.server = world.server("--accept-loss", data="d")
        assert cases(world.ctl(operator.server)) == old
    else:
        operator.type(MEND[3:])
        assert cases(world.ctl(operator.server)) == old | new
    assert serves(world.ctl(operator.server))


def listening(redis):
    """Lets it listen on a port, too; the port may be taken between the two steps."""

    def opened():
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        return redis.cli("CONFIG", "SET", "port", str(port)) == "OK" and port

    return wait_until(opened, "a free port")


def test_what_is_to_be_typed_to_redis_is_taken(world):
    redis = world.redis()
    spans = [re.sub(r"\s+", " ", span) for span in re.findall(r"`([^`]+)`", RUNBOOK.read_text())]
    lines = [
        span for span in spans if span.startswith("redis-cli ") and span != "redis-cli -s DATA/redis.sock"
    ]
    assert len(lines) >= 8
    addresses = {"-u ADDRESS": f"-u redis://127.0.0.1:{listening(redis)}", "-s PATH": f"-s {redis.socket}"}
    for line in lines:
        typed = line.replace("-s DATA/redis.sock", "-s PATH")
        if not typed.startswith(("redis-cli -u", "redis-cli -s")):
            # Short for whatever reaches it.
            typed = typed.replace("redis-cli", "redis-cli -s PATH")
        for name, address in addresses.items():
            typed = typed.replace(name, address)
        # With -e an error that Redis answers is one of the command, too.
        typed = typed.replace("redis-cli", "redis-cli -e")
        answer = subprocess.run(typed, shell=True, capture_output=True, text=True, timeout=60)
        assert answer.returncode == 0 and answer.stderr == "", (line, answer)
        if line.endswith("PING"):
            assert answer.stdout == "PONG\n", (line, answer)
    # Why there are two ways to ask whether it is there.
    assert (
        subprocess.run(["redis-cli", "-u", redis.url, "PING"], capture_output=True, timeout=60).returncode
        != 0
    )


def test_damage_before_the_last_file_of_changes_is_cut(world, operator):
    """All that was made before it is kept."""
    desk = world.desk(operator.server)
    kept = opened(desk, 2)
    folder = operator.server.data / "redis" / "appendonlydir"
    first, second = folder / "appendonly.aof.1.incr.aof", folder / "appendonly.aof.2.incr.aof"
    size = first.stat().st_size
    lost = opened(desk, 1)
    begin_to_write_anew(operator.server)
    lost |= opened(desk, 1)
    operator.type(MEND[:1])
    assert second.stat().st_size > 0 and first.stat().st_size > size + 20
    os.truncate(first, size + 20)
    for flags in ([], ["--accept-loss"]):
        line = refusal(world, *flags)
        assert f"{first.name} ends within a change" in line and "Redis ends at its start" in line, line
        # Redis itself would cut it, and load the other one behind the gap the next time.
        assert first.stat().st_size == size + 20
    operator.type(MEND[1:2])
    operator.type([f"echo y | {CUT[0]}", CUT[1]])
    line = refusal(world)
    assert f"lacks {second.name}" in line and f"as it was at the end of {first.name}" in line, line
    operator.server = world.server("--accept-loss", data="d")
    ctl = world.ctl(operator.server)
    assert serves(ctl) and cases(ctl) == kept and len(kept) == 2 and len(lost) == 2


def test_the_commands_are_those_that_this_file_knows():
    assert [line.split()[0] for line in BACK_UP] == ["systemctl", "tar", "systemctl"]
    assert [line.split()[0] for line in RESTORE] == ["systemctl", "rm", "tar", "runuser"]
    assert [line.split()[0] for line in MEND] == ["systemctl", "cp", "redis-check-aof", "systemctl"]
    assert [line.split()[0] for line in CUT] == ["redis-check-aof", "mv"]
    assert BACK_TO_THE_UNIT == ["systemctl start returnsd"]
    assert [[line.split()[0] for line in block] for block in NEW_MACHINE] == [
        ["mkdir", "tar", "chown", "runuser"]
    ]


def test_the_first_version_of_what_cases_are_decided_by_is_put_anew(world):
    """It has none before it, and a server that starts from now on does not know it."""
    serve, print_policy, put_policy, *of_sla = itertools.chain(*blocks("A record is damaged", 6))
    redis = world.redis()
    server = world.server("--redis", redis.url)
    desk = world.desk(server)
    order = desk.order((MUG, 4, 1000))
    for key, name in (("", "1"), (":sla", "1"), (":calendars", "standard 1")):
        assert redis.cli("HSET", f"returns:{{policies}}{key}", name, "junk") == "0"
    assert server.signal_and_wait(signal.SIGTERM) == 0
    server = world.server("--redis", redis.url)
    for person in [desk.admin, *desk.people.values()]:
        person.server = server.address
    form = desk.form(order, ("1", 1))
    assert desk["channel"]("case", "submit", "-f", "-", input=form).status != DONE

    data, listen = re.fullmatch(r"returnsd --data (\S+) --listen (\S+)", serve).groups()
    new = world.server(data=data)
    for line in (print_policy, put_policy, *of_sla):
        if f"--server {listen}" in line:
            line = line.replace(listen, new.address)
        else:
            line = f"{line} --yes --server {server.address} --token-file {desk.admin.token_file}"
        typed = line.replace("returnsctl", str(world.returnsctl), 1)
        answer = subprocess.run(
            typed, shell=True, cwd=world.path, env=desk.admin.environment(), capture_output=True, timeout=60
        )
        assert answer.returncode == 0, (line, answer)
    desk["channel"].done("case", "submit", "-f", "-", input=form)


def test_policies_that_are_gone_are_brought_back_and_no_others_made(world):
    ((serve,), (bring, stop)) = blocks("The policies are gone", 7)
    redis = world.redis()
    flags = ("--redis", redis.url, "--partitions", "4")
    server = world.server(*flags)
    desk = world.desk(server)
    ctl = desk.admin
    reply = ctl.done("policy", "get").json
    reply["policy"]["returnlessAllowed"] = True
    ctl.done("policy", "put", "-f", "-", "--yes", input=json.dumps(reply))
    case = desk.open(desk.order((MUG, 2, 900)), ("1", 1))
    case.approve("service-1")
    assert server.signal_and_wait(signal.SIGTERM) == 0
    copy = world.path / "copy"
    shutil.copytree(redis.directory / "appendonlydir", copy / "appendonlydir")
    kinds = {"": "policies", ":sla": "SLA policies", ":calendars": "calendars"}
    for key in kinds:
        assert redis.cli("DEL", "returns:{policies}" + key) == "1"
    line = refusal(world, *flags)
    assert f"the store's {' and its '.join(kinds.values())} are gone, and it is not new" in line, line
    assert 'RUNBOOK.md, "The policies are gone"' in line, line
    # A trial says the same, and no loss that is accepted makes others.
    tried = subprocess.run(
        [world.returnsd, "--check", "--data", str(server.data), *flags], capture_output=True, text=True
    )
    assert tried.returncode == 1 and "are gone, and it is not new" in tried.stderr, tried
    refusal(world, *flags, "--accept-loss")

    by_hand = subprocess.Popen(shlex.split(serve.replace("COPY", str(copy))), stdout=subprocess.DEVNULL)
    world.at_end(by_hand.kill)
    wait_until((copy / "copy.sock").exists, "the copy to be there")
    for key in kinds:
        typed = bring.replace("COPY", str(copy)).replace("redis-cli -x", f"redis-cli -s {redis.socket} -x")
        typed = typed.replace("KEY", "returns:{policies}" + key)
        answer = subprocess.run(typed, shell=True, capture_output=True, text=True, timeout=10)
        assert answer.stdout == "OK\n", (typed, answer)
    subprocess.run(shlex.split(stop.replace("COPY", str(copy))), check=True, timeout=10)
    assert by_hand.wait(10) == 0
    server = world.server(*flags)
    assert world.ctl(server).done("policy", "get").json["policy"]["version"] == "2"
    assert "are gone" not in server.log
    assert server.signal_and_wait(signal.SIGTERM) == 0

    # Of a version that alone is gone the log tells, and the case that keeps it names it.
    assert redis.cli("HDEL", "returns:{policies}", "2") == "1"
    server = world.server(*flags)
    assert 'see RUNBOOK.md, "The policies are gone"' in server.log
    refused = world.ctl(server)("case", "refund", case.id, "--yes")
    assert "version 2 of the policy is not there" in refused.err, refused


def test_a_damaged_record_is_put_aside_and_made_anew(world):
    (_, (serve, *commands)) = blocks("The store's record is gone or damaged")
    server = world.server("--partitions", "4")
    ids = opened(world.desk(server), 3)
    redis_cli(server.data / "redis.sock", "HDEL", "returns:store", "id", "format")
    assert server.signal_and_wait(signal.SIGTERM) == 0
    for flags in [(), ("--accept-loss",)]:
        line = refusal(world, "--partitions", "4", *flags)
        assert "it lacks its id" in line and "RUNBOOK.md" in line and "gone;" not in line, line

    def words(command):
        return shlex.split(command.replace("DATA", str(server.data)))

    by_hand = subprocess.Popen(words(serve), stdout=subprocess.DEVNULL)
    world.at_end(by_hand.kill)
    wait_until((server.data / "redis" / "by-hand.sock").exists, "Redis to be there")
    for command in commands:
        subprocess.run(words(command), check=True, timeout=10)
    assert by_hand.wait(10) == 0
    server = accept(world, "--partitions", "4")
    rows = world.ctl(server).done("case", "list", output="jsonl").rows
    assert {row["id"] for row in rows} == set(ids)
