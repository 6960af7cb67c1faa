"""A refund that the gateway paid for a case that is gone: it is recorded at the case that was opened in its place."""

import shutil
import signal

from harness.command import FAILED
from test_store_identity import accept, move, opened, qualified


def test_a_refund_of_a_lost_case_is_recorded_where_the_case_was_opened_again(world):
    server = world.server()
    desk = world.desk(server)
    other = opened(desk, 1)[0]
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
    again = qualified(desk)
    result = ("refund-result", "succeeded", "--lost", "--amount", "9.00", "--voucher", "V-1", "--refund-id")
    # One of a case that is there belongs to that.
    again.refused("finance", *result, f"{other}-1", reason="REFUND_OF_OTHER_CASE", status=FAILED)
    again.step("finance", *result, f"{lost.id}-1", state="refunded")
