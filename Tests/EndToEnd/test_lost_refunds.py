"""A refund that the gateway paid for a case that is gone is recorded once, where that was opened again."""

import shutil
import signal

from harness.command import CONFLICT, FAILED, NOT_FOUND
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
    # One of a case that is there belongs to that, and one of the case's own cannot have been lost.
    again.refused("finance", *RESULT, f"{other}-1", reason="REFUND_OF_OTHER_CASE", status=FAILED)
    again.refused("finance", *RESULT, f"{again.id}-1", reason="REFUND_NOT_LOST", status=CONFLICT)
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
