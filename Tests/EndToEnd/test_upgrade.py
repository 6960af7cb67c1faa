"""returnsd --upgrade, and a server that meets what a newer build wrote."""

import socket
import subprocess

import pytest
from harness.command import CONFLICT, DONE, NOT_FOUND, UNAVAILABLE
from harness.desk import MUG
from harness.processes import redis_cli
from harness.waiting import wait_until


def crc32c(data):
    """Castagnoli's, as records have it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@pytest.fixture
def upgrade(world):
    def run(*flags, data="d"):
        command = [world.returnsd, "--upgrade", "--data", str(world.path / data), *map(str, flags)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=world.path)

    return run


def level(path):
    return redis_cli(path, "HGET", "returns:store", "level")


def test_there_is_nothing_to_raise_at_the_level_of_the_build(world, upgrade):
    server = world.server()
    ctl = world.ctl(server)
    path = server.data / "redis.sock"
    known = ctl.done("admin", "info").json["highestLevel"]
    assert level(path) == str(known)
    # Beside the server at work, and again when it has stopped.
    for _ in range(2):
        answer = upgrade()
        assert answer.returncode == DONE, answer
        assert answer.stdout == (
            f"the store's writer level is {known} already, the highest that this returnsd knows\n"
        )
        assert ctl.done("ping").status == DONE
    server.end()
    assert upgrade().returncode == DONE
    again = world.server()
    assert level(again.data / "redis.sock") == str(known)


def test_nothing_is_made_where_nothing_is(world, upgrade):
    answer = upgrade(data="none")
    assert answer.returncode == NOT_FOUND and "there is no store" in answer.stderr, answer
    assert not (world.path / "none").exists()
    redis = world.redis()
    answer = upgrade("--redis", redis.url)
    assert answer.returncode == NOT_FOUND and redis.cli("DBSIZE") == "0", answer
    redis.stop()
    answer = upgrade("--redis", redis.url)
    assert answer.returncode == UNAVAILABLE and answer.stderr.startswith("returnsd: "), answer


def test_below_its_level_a_store_is_promised_nothing_that_it_does_not_keep(world, upgrade):
    """As while an older build is at work: what cannot be kept is refused, and the rest stays true."""
    redis = world.redis()
    world.server("--redis", redis.url, "--test-clock").end()
    redis.cli("HSET", "returns:store", "level", 1)
    server = world.server("--redis", redis.url, "--test-clock")
    desk = world.desk(server)
    service, supervisor = desk["service-1"], desk["supervisor"]
    case = desk.open(desk.order((MUG, 2, 450)), ("1", 1))

    refused = supervisor("sla", "pause", case.id, "review", "--reason", "wait", "--for", "2d")
    assert refused.status == CONFLICT and "LEVEL_TOO_LOW" in refused.err, refused
    supervisor.done("sla", "pause", case.id, "review", "--reason", "wait")
    story = service.done("case", "timeline", case.id, output=None).out
    assert "until somebody resumes it" in story, story
    desk.advance("9d")
    desk.assert_indexes_agree()
    supervisor.done("sla", "resume", case.id, "review", "--reason", "go on")
    service.done("case", "verify", case.id)
    service.done("case", "approve", case.id, "--return-address", "Dock 4")
    refused = service("case", "told", case.id, "--channel", "sms", "--of", "approval")
    assert refused.status == CONFLICT and "LEVEL_TOO_LOW" in refused.err, refused
    # Of working time: it warns where a reader of that level would find it.
    supervisor.done("sla", "extend", case.id, "notify", "--by", "12h", "--reason", "a holiday")
    desk.assert_indexes_agree()
    service.done("case", "told", case.id, "--channel", "sms")

    assert upgrade("--redis", redis.url, "--test-clock").returncode == DONE
    highest = desk.admin.done("admin", "info").json["highestLevel"]
    wait_until(
        lambda: desk.admin.done("admin", "info").json["storeLevel"] == highest,
        "the server to learn of the level",
    )
    supervisor.done("sla", "pause", case.id, "customer_ship", "--reason", "wait", "--for", "2d")
    desk.assert_indexes_agree()


def test_a_server_of_an_older_build_shows_and_refuses(world, upgrade):
    """A newer build has raised the level, and written a case at it."""
    redis = world.redis()
    server = world.server("--redis", redis.url)
    desk = world.desk(server)
    ctl = desk.admin
    case, other = (desk.open(desk.order((MUG, 2, 450)), ("1", 1)) for _ in range(2))
    known = ctl.done("admin", "info").json["highestLevel"]
    redis.cli("HSET", "returns:store", "level", known + 1)
    make_newer(redis, case.id, known + 1)

    def warned():
        return [text for text in ctl.done("admin", "info").json.get("warnings", []) if "writer level" in text]

    wait_until(warned, "the server to learn of the level")
    assert f"at writer level {known + 1}, and this returnsd knows {known}" in warned()[0]
    assert ctl.done("ping").json["status"] == "SERVING_STATUS_SERVING"
    assert (
        f"writer level {known + 1}, and this server knows {known}"
        in ctl.done("admin", "info", output=None).out
    )
    # It shows the case everywhere, and decides nothing on it.
    assert case.read()["id"] == case.id
    listed = ctl.done("case", "list").json
    assert {item["id"] for item in listed["cases"]} == {case.id, other.id}
    due = ctl.done("sla", "due").json
    assert {item["caseId"] for item in due["clocks"]} == {case.id, other.id}
    refused = ctl("case", "note", case.id, "seen")
    assert refused.status == CONFLICT and "written by a newer returnsd" in refused.err, refused
    ctl.done("case", "note", other.id, "seen")
    # Work is for servers that can go on with it.
    found = ctl.done("sla", "next", "--role", "service").json
    assert found["work"]["caseId"] == other.id, found
    report = ctl.done("admin", "verify-indexes")
    assert report.json["newer"] == "1" and "problems" not in report.json, report
    assert [finding["problem"] for finding in report.json["findings"]] == ["INDEX_PROBLEM_NEWER"]
    text = ctl.done("admin", "verify-indexes", "--repair", "--yes", output=None)
    assert "1 record of a newer returnsd not looked at" in text.out, text
    assert server.log.count("at writer level") == 1
    answer = upgrade("--redis", redis.url)
    assert answer.returncode == CONFLICT and "never lowered" in answer.stderr, answer
    assert level(redis.socket) == str(known + 1)
    # It starts as it works.
    server.end()
    again = world.server("--redis", redis.url)
    assert world.ctl(again).done("case", "get", case.id).json["case"]["id"] == case.id


def make_newer(redis, case_id, level):
    """Gives the facts of a case another level, which its record need not show."""
    key = next(key for key in redis.cli("KEYS", f"*:case:{case_id}").splitlines())
    facts = command(redis.socket, b"HGET", key.encode(), b"f")
    assert facts[1] < level
    changed = facts[:1] + bytes([level]) + facts[2:-4]
    changed += crc32c(changed).to_bytes(4, "big")
    command(redis.socket, b"HSET", key.encode(), b"f", changed)


def command(path, *arguments):
    """Sends a command whose arguments, and whose answer, may be any bytes; returns those of a bulk string."""
    with socket.socket(socket.AF_UNIX) as connection, connection.makefile("rb") as replies:
        connection.settimeout(20)
        connection.connect(str(path))
        words = b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in arguments)
        connection.sendall(b"*%d\r\n%b" % (len(arguments), words))
        head = replies.readline()
        assert head[:1] in b"$:", head
        return replies.read(int(head[1:])) if head[:1] == b"$" else None
