from harness.steps import NEVER_FORBIDDEN, STEPS
from returns_client import returns_v1 as v1


def test_every_command_that_a_state_can_forbid_is_tried_there():
    commands = {name.removeprefix("COMMAND_KIND_").lower() for name in dict(v1.CommandKind.items())}
    assert STEPS.keys() | NEVER_FORBIDDEN | {"unspecified"} == commands
    assert not STEPS.keys() & NEVER_FORBIDDEN
