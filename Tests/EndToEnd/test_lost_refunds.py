"""A refund that the gateway paid for a case that is gone is recorded once, where that was opened again."""

import asyncio
import os
import shutil
import signal
import time

from harness.command import CONFLICT, FAILED, NOT_ALLOWED, NOT_FOUND, assert_refused
from harness.lossy_redis import LossyRedis
from harness.waiting import wait_until
from returns_client import Client, RCPError
from returns_client.returns_v1 import (
    REFUND_STATUS_SUCCEEDED,
    CaseServiceStub,
    CaseTarget,
    LostRefund,
    RecordRefundRequest,
)
from test_store_identity import accept, move, opened, qualified

RESULT = ("refund-result", "succeeded", "--lost", "--amount", "9.00", "--voucher", "V-1", "--refund-id")


def test_a_refund_of_a_lost_case_is_recorded_once_where_the_case_was_opened_again(world):
    server = world.server()
    desk = world.desk(server)
    other = opened(desk, 1)[0]
    early = qualified(desk)
    assert server.signal_and_wait(signal.SIGTERM) == 0
    copy = world.path / "copy"
    shutil.copytree(server.data / "redis", copy)
    server = world.server()
    move(desk, world, server)
    lost = qualified(desk)
    lost.step("finance", "refund", state="refunding")
    assert server.signal_and_wait(signal.SIGTERM) == 0
    shutil.rmtree(server.data / "redis")
    shutil.copytree(copy, server.data / "redis")
    move(desk, world, accept(world))
    # Not at one that was opened before the copy, whatever its order.
    answer = early.refused("finance", *RESULT, f"{lost.id}-1", reason="REFUND_OF_OTHER_CASE", status=CONFLICT)
    assert "was not opened since a loss" in answer.err
    again, third = qualified(desk), qualified(desk)
    for malformed in (f"{lost.id}-01", f"{lost.id.lower()}-1", f"{lost.id}-99999999999"):
        answer = third.refused("finance", *RESULT, malformed, reason="REFUND_ID_MALFORMED", status=FAILED)
        assert "write it as the gateway has it" in answer.err
    # One of a case that is there belongs to that, and one of the case's own cannot have been lost.
    again.refused("finance", *RESULT, f"{other}-1", reason="REFUND_OF_OTHER_CASE", status=FAILED)
    again.refused("finance", *RESULT, f"{again.id}-1", reason="REFUND_NOT_LOST", status=CONFLICT)
    # Who is bound to a sale channel learns of no other case by trying.
    token = world.path / "bound.token"
    flags = ("--role", "finance", "--sale-channel", "online", "--save", token)
    desk.admin.done("principal", "create", "bound", *flags)
    bound = desk.admin.with_token(token)
    for refund in (f"{other}-1", f"{lost.id}-1", "0000000000000000-1"):
        answer = bound("case", RESULT[0], again.id, *RESULT[1:], refund, "--yes")
        assert_refused(answer, NOT_ALLOWED, "SALE_CHANNELS_REQUIRED")
        assert other not in answer.err and lost.id not in answer.err, answer
    again.step("finance", *RESULT, f"{lost.id}-1", state="refunded")
    # Recorded, and so it is told; nowhere else a second time.
    answer = again.refused("finance", *RESULT, f"{lost.id}-1", reason="REFUND_SUCCEEDED", status=CONFLICT)
    assert "is recorded already" in answer.err
    answer = third.refused("finance", *RESULT, f"{lost.id}-1", reason="REFUND_RECORDED", status=CONFLICT)
    assert f"at case {again.id} already" in answer.err
    third.refused("finance", *RESULT, f"{lost.id}-1", "--dry-run", reason="REFUND_RECORDED", status=CONFLICT)
    # A case that is there may have lost its refund's start.
    early.step("finance", *RESULT, f"{early.id}-1", state="refunded")
    assert desk.admin.done("admin", "verify-indexes").json.get("problems", 0) in (0, "0")


def test_a_store_that_lost_nothing_has_no_lost_refunds(world):
    desk = world.desk(world.server())
    case = qualified(desk)
    case.refused("finance", *RESULT, "0000000000000000-1", reason="REFUND_OF_OTHER_CASE", status=CONFLICT)
    case.refused("finance", *RESULT, f"{case.id}-1", reason="REFUND_NOT_LOST", status=CONFLICT)
    assert desk["finance"]("case", "get", "0000000000000000").status == NOT_FOUND


# For so long a claim of a refund is left alone that nothing has come of.
COMMITTING_SECONDS = 10


class Loss:
    """A store that was set back behind a case, and took that as accepted."""

    def __init__(self, world):
        self.world = world
        self.redis = world.redis()
        self.proxy = LossyRedis(world.path / "p.sock", self.redis.socket)
        world.at_end(self.proxy.end)
        server = self.start()
        self.desk = world.desk(server)
        opened(self.desk, 1)
        copy = world.path / "copy"
        shutil.copytree(self.redis.directory, copy, ignore=shutil.ignore_patterns("*.sock"))
        self.lost = qualified(self.desk).id
        assert server.signal_and_wait(signal.SIGTERM) == 0
        self.redis.stop()
        shutil.rmtree(self.redis.directory)
        shutil.copytree(copy, self.redis.directory)
        self.redis = world.redis()
        self.server = accept(world, "--redis", self.proxy.url)
        move(self.desk, world, self.server)

    def start(self):
        return self.world.server("--redis", self.proxy.url)

    def claims(self):
        keys = self.redis.cli("KEYS", "*:lost-refunds").split()
        return [line for key in keys for line in self.redis.cli("HGETALL", key).splitlines()]


def test_what_is_refused_keeps_no_refund(world):
    """Several refunds of a lost case at once, at a case to which one of them is due."""
    loss = Loss(world)
    first, second = qualified(loss.desk), qualified(loss.desk)

    async def record_all():
        token = loss.desk["finance"].token_file.read_text().strip()
        async with Client(loss.server.address, token=token) as client:
            cases = CaseServiceStub(client)
            requests = [
                RecordRefundRequest(
                    target=CaseTarget(case_id=first.id),
                    refund_id=f"{loss.lost}-{number}",
                    status=REFUND_STATUS_SUCCEEDED,
                    voucher=f"V-{number}",
                    lost=LostRefund(amount_minor=900),
                )
                for number in range(1, 5)
            ]
            return await asyncio.gather(*map(cases.record_refund, requests), return_exceptions=True)

    answers = asyncio.run(record_all())
    taken = [number for number, answer in enumerate(answers, 1) if not isinstance(answer, RCPError)]
    assert len(taken) == 1, answers
    left = next(number for number in range(1, 5) if number not in taken)
    answer = second.refused(
        "finance", *RESULT, f"{loss.lost}-{taken[0]}", reason="REFUND_RECORDED", status=CONFLICT
    )
    assert f"at case {first.id} already" in answer.err
    # It can be recorded elsewhere, once finance has looked at the one that is.
    record = (*RESULT, f"{loss.lost}-{left}")
    for flags in ((), ("--dry-run",)):
        answer = second.refused("finance", *record, *flags, reason="REFUND_MAY_BE_RECORDED", status=CONFLICT)
        assert (
            f"refund {loss.lost}-{taken[0]} of the same lost case is recorded at case {first.id}"
            in answer.err
        )
    second.step("finance", *record, "--another", state="refunded")
    assert len(loss.claims()) == 4
    assert loss.desk.admin.done("admin", "verify-indexes").json.get("problems", 0) in (0, "0")


def test_a_commit_that_the_store_refuses_keeps_no_refund(world):
    loss = Loss(world)
    first, second = qualified(loss.desk), qualified(loss.desk)
    timeline = loss.redis.cli("KEYS", f"*timeline:{first.id}")
    loss.redis.cli("RENAME", timeline, "kept")
    loss.redis.cli("SET", timeline, "something else")
    words = ("case", RESULT[0], first.id, *RESULT[1:], f"{loss.lost}-1")
    assert loss.desk["finance"](*words).status != 0
    assert loss.claims() == []
    second.step("finance", *RESULT, f"{loss.lost}-1", state="refunded")
    loss.redis.cli("DEL", timeline)
    loss.redis.cli("RENAME", "kept", timeline)
    answer = first.refused("finance", *RESULT, f"{loss.lost}-1", reason="REFUND_RECORDED", status=CONFLICT)
    assert f"at case {second.id} already" in answer.err


def test_a_server_killed_before_its_commit_keeps_no_refund(world):
    loss = Loss(world)
    first, second = qualified(loss.desk), qualified(loss.desk)
    # The claim is made, and nobody learns of it before the server is gone.
    loss.proxy.arm(b"claim_lost_refund", 3)
    words = ("case", RESULT[0], first.id, *RESULT[1:], f"{loss.lost}-1", "--timeout", "60s")
    calling = loss.desk["finance"].start(*words)
    world.at_end(calling.process.kill)
    wait_until(lambda: loss.claims() != [], "the claim to be made")
    loss.server.process.kill()
    loss.server.process.wait()
    calling.process.kill()
    wait_until(lambda: loss.proxy.lost == 1 and os.path.exists(loss.proxy.path), "the way to Redis")
    move(loss.desk, world, loss.start())
    claimed = time.monotonic()
    answer = second.refused(
        "finance", *RESULT, f"{loss.lost}-1", reason="REFUND_BEING_RECORDED", status=CONFLICT
    )
    assert f"being recorded at case {first.id}; try again in 10 seconds" in answer.err
    words = ("case", RESULT[0], second.id, *RESULT[1:], f"{loss.lost}-1")
    wait_until(
        lambda: loss.desk["finance"](*words).status == 0, "the claim to move", seconds=2 * COMMITTING_SECONDS
    )
    assert time.monotonic() - claimed < 2 * COMMITTING_SECONDS
    answer = first.refused("finance", *RESULT, f"{loss.lost}-1", reason="REFUND_RECORDED", status=CONFLICT)
    assert f"at case {second.id} already" in answer.err
