"""`event tail --forward-to` posts what it shows as a webhook would (N25): signed, in order, until taken."""

import base64
import secrets

import pytest
from harness.command import DONE, UNAVAILABLE, USAGE, assert_refused
from harness.outbox import numbered
from harness.receiver import Receiver
from harness.waiting import wait_until
from test_webhooks import assert_in_order, open_cases


@pytest.fixture
def redis(world):
    return world.redis()


@pytest.fixture
def secret_file(tmp_path, receiver):
    receiver.secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    file = tmp_path / "secret"
    file.write_text(receiver.secret + "\n")
    return file


def test_each_event_is_posted_and_shown(world, redis, receiver, secret_file):
    server = world.server("--redis", redis.url)
    ctl = world.ctl(server)
    open_cases(server, 3)
    line = ("event", "tail", "--from", "beginning", "--no-follow")
    forward = ("--forward-to", receiver.url, "--forward-secret", secret_file)
    shown = ctl.done(*line, *forward, output="table")
    assert receiver.ids == numbered(redis).keys() and len(receiver.posts) == len(receiver.ids)
    assert_in_order(receiver.taken)
    assert shown.out.count("→ 200") == len(receiver.ids)
    assert receiver.secret not in shown.out + shown.err
    # What a program reads is the event alone, and the same that was posted.
    known = len(receiver.posts)
    rows = ctl.done(*line, *forward, "--type", "noted", output="jsonl").rows
    assert rows and [post.event for post in receiver.posts[known:]] == rows


def test_a_secret_is_made_and_told(world, redis):
    receiver = Receiver()
    world.at_end(receiver.end)
    server = world.server("--redis", redis.url)
    tail = world.ctl(server).start("event", "tail", "-n", "1", "--forward-to", receiver.url, output="table")
    world.at_end(tail.end)
    wait_until(lambda: "whsec_" in tail.notes, "the secret")
    receiver.secret = tail.notes.split("posts are signed with ")[1].split()[0]
    # The tail begins at the events to come, whenever it has begun.
    wait_until(
        lambda: open_cases(server, 1, prefix=secrets.token_hex(4)) and tail.is_over, "the end", pause=0.2
    )
    assert tail.wait().status == DONE
    assert receiver.problems == [] and len(receiver.taken) == 1


@pytest.mark.parametrize("place", ["cursor file", "group"])
def test_what_is_not_taken_comes_again(world, redis, receiver, secret_file, place, tmp_path):
    server = world.server("--redis", redis.url)
    ctl = world.ctl(server)
    if place == "group":
        ctl.done("event", "group", "create", "erp", "--from", "beginning")
        line = ("event", "tail", "--group", "erp", "--consumer", "one", "--no-follow")
    else:
        line = ("event", "tail", "--from", "beginning", "--cursor-file", tmp_path / "cursor", "--no-follow")
    line += ("--forward-to", receiver.url, "--forward-secret", secret_file)
    (case,) = open_cases(server, 1)
    third = sorted(numbered(redis).items(), key=lambda item: item[1].case_version)[2][0]
    # Twice in vain, and then taken: nobody notices but by a note.
    receiver.answers = lambda event, attempt: 503 if event["id"] == third and attempt <= 2 else 200
    answer = ctl.done(*line)
    assert answer.err.count("503; trying again") == 2
    assert receiver.ids == numbered(redis).keys()
    # Never taken: after some attempts it is for a person, and the same line goes on there.
    open_cases(server, 1, prefix="X")
    fresh = numbered(redis).keys() - receiver.ids
    receiver.answers = lambda event, attempt: 500
    answer = ctl(*line)
    assert answer.status == UNAVAILABLE and "in 5 attempts: 500" in answer.err, answer
    receiver.answers = lambda event, attempt: 200
    ctl.done(*line)
    assert fresh <= receiver.ids == numbered(redis).keys()
    assert case in {event["caseId"] for event in receiver.taken}


def test_nobody_there_is_said(world, redis, secret_file):
    server = world.server("--redis", redis.url)
    ctl = world.ctl(server)
    open_cases(server, 1)
    line = ("event", "tail", "--from", "beginning", "--no-follow")
    answer = ctl(*line, "--forward-to", "http://127.0.0.1:9/")
    assert answer.status == UNAVAILABLE and "no answer (connect)" in answer.err, answer
    assert_refused(ctl(*line, "--forward-to", "http://erp.example.com/"), USAGE, "use https://")
    answer = ctl(*line, "--forward-secret", secret_file)
    assert answer.status == USAGE and "belongs to --forward-to" in answer.err
    secret_file.write_text("whsec_???")
    answer = ctl(*line, "--forward-to", "http://127.0.0.1:9/", "--forward-secret", secret_file)
    assert_refused(answer, USAGE, "holds no secret")
    secret_file.unlink()
    answer = ctl(*line, "--forward-to", "http://127.0.0.1:9/", "--forward-secret", secret_file)
    assert_refused(answer, USAGE, "there is no such file")
