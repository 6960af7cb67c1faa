"""A change whose answer was lost: what returnsctl says then works for every verb; nothing is done twice."""

import json
import shlex
import subprocess

import pytest
from harness.command import CONFLICT, DONE, OUTCOME_UNKNOWN, UNAVAILABLE, assert_refused
from harness.desk import MUG
from harness.lossy import LossyProxy


@pytest.fixture(scope="module")
def lossy(module_world, server):
    proxy = LossyProxy(module_world.path / "lossy.sock", server.address)
    module_world.at_end(proxy.end)
    return proxy


@pytest.fixture
def case(desk):
    case = desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
    case.approve()
    return case


def in_doubt(lossy, person, *arguments):
    """Takes a step whose answer is lost, and returns the command line that is offered to make sure.

    What a step reads before it changes anything is answered, so the loss is tried later and later.
    """
    for answers in range(4):
        lossy.pass_on(answers)
        answer = person.at(lossy.address)("--timeout", "2s", *arguments)
        if answer.status == OUTCOME_UNKNOWN:
            lossy.pass_on(None)
            assert "look whether it was done: returnsctl case timeline " in answer.err, answer
            offered = answer.err.splitlines()[-1].strip()
            assert offered.startswith("returnsctl ") and "--request-id" in offered, answer
            return offered
    raise AssertionError(answer)


def repeated(person, line):
    """The offered line as it stands, in a shell; it names server, token and output format itself."""
    script = f'returnsctl() {{ {shlex.quote(person.binary)} "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=person.home,
        env=person.environment(),
    )


STEPS = {
    "ship": ("logistics", ["ship", "ID", "--carrier", "Bob's Vans", "--tracking-no", "W-1"], None),
    "pickup schedule, from now": (
        "logistics",
        ["pickup", "schedule", "ID", "--from", "+24h", "--until=+26h", "--address", "2 Long Street"],
        None,
    ),
    "pause, from now": (
        "supervisor",
        ["sla", "pause", "ID", "customer_ship", "--for", "2d", "--reason", "they are away"],
        None,
    ),
    "receive what is awaited": ("warehouse", ["receive", "ID", "--line", "1=1", "--by-hand"], None),
    "receive all": ("warehouse", ["receive", "ID", "--all", "--by-hand"], None),
    "inspect all": ("warehouse", ["inspect", "ID", "--accept-all", "--note", "as new"], "received"),
    "track, now": ("logistics", ["track", "ID", "--status", "on its way"], "in_transit"),
    "note": ("service-1", ["note", "ID", "rang\ntwice"], None),
}


@pytest.mark.parametrize("name", STEPS)
def test_the_line_that_is_offered_makes_sure(desk, lossy, case, name):
    who, step, state = STEPS[name]
    if state == "received":
        case.step("warehouse", "receive", "--all", "--by-hand")
    if state == "in_transit":
        case.ship()
    before = int(case.read()["version"])
    noun = [] if step[0] == "sla" else ["case"]
    line = in_doubt(lossy, desk[who], *noun, *[case.id if word == "ID" else word for word in step])
    done = case.everything()
    assert int(done["case"]["version"]) == before + 1, "it was done, and only the answer was lost"

    answer = repeated(desk[who], line)
    assert answer.returncode == DONE, answer
    assert json.loads(answer.stdout)["case"]["version"] == done["case"]["version"], answer
    assert case.everything() == done


def test_the_request_id_alone_says_that_it_may_be_done(desk, lossy, case):
    line = in_doubt(lossy, desk["warehouse"], "case", "receive", case.id, "--all", "--by-hand")
    request_id = line.split("--request-id ")[1]
    answer = desk["warehouse"]("case", "receive", case.id, "--all", "--by-hand", "--request-id", request_id)
    # Typed by hand instead of copied: all that was awaited has arrived with the first request.
    assert_refused(answer, CONFLICT, "is awaited any more", f"returnsctl case timeline {case.id}")


def test_what_only_reads_is_never_in_doubt(desk, lossy, case):
    lossy.pass_on(0)
    answer = desk["service-1"].at(lossy.address)("--timeout", "1s", "case", "get", case.id)
    lossy.pass_on(None)
    assert answer.status == UNAVAILABLE and "--request-id" not in answer.err, answer
