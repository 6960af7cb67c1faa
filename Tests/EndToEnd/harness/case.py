"""One case on its way, and what its story has to be."""

import re

from .command import CONFLICT
from .outbox import kind_of
from .steps import ADDRESS, STEPS
from .waiting import wait_until

# Stretches of a story that most paths share, as the timeline calls what was done.
APPROVED = ["submitted", "verified", "approved", "customer_told"]
SHIPPED = [*APPROVED, "shipped"]
REFUNDED = ["received", "inspected", "refund_started", "refund_succeeded", "customer_told"]
CLOSED = ["followed_up", "closed"]


class CaseFile:
    """A case, and the people of its desk who take it along."""

    def __init__(self, desk, id, order):
        self.desk = desk
        self.id = id
        self.order = order
        self._seen = (-1, None)

    # Reading

    def read(self):
        return self.desk.admin.done("case", "get", self.id).json["case"]

    @property
    def state(self):
        return state_of(self.read())

    @property
    def units(self):
        """The ledger of each line, by line id; counts that are absent are zero."""
        return {
            line["lineId"]: {name: int(count) for name, count in line["units"].items()}
            for line in self.read()["lines"]
        }

    def clocks(self, kind):
        wanted = f"CLOCK_KIND_{kind.upper()}"
        return [clock for clock in self.read().get("clocks", []) if clock["kind"] == wanted]

    def wait_for(self, state, seconds=20):
        self.desk.changes += 1
        wait_until(
            lambda: self.state == state, f"case {self.id} to become {state}", seconds=seconds, pause=0.05
        )

    # Steps

    def line(self, verb, arguments):
        """`pickup schedule` and `sla pause` are verbs of two words."""
        words = verb.split()
        head = words if words[0] == "sla" else ["case", *words]
        return [*head, self.id, *arguments, "--yes"]

    def step(self, who, verb, *arguments, state=None):
        """Takes a step that has to succeed and, where told, to lead to a state."""
        self.refuses_all_else()
        self.desk.changes += 1
        case = self.desk[who].done(*self.line(verb, arguments)).json["case"]
        if state:
            assert state_of(case) == state, (verb, case)
        return case

    def refused(self, who, verb, *arguments, reason="NOT_ALLOWED_IN_STATE", status=CONFLICT):
        """Tries a step that is not allowed: it says why and what is allowed instead, and changes nothing."""
        before = self._everything_before()
        answer, reasons = self._refusal(who, verb, *arguments, status=status)
        assert reason in reasons, answer
        self._assert_still(before)
        return answer

    def _refusal(self, who, verb, *arguments, status=CONFLICT):
        """A step that has to be refused: the answer, and the reasons in it."""
        answer = self.desk[who](*self.line(verb, arguments))
        assert answer.status == status, answer
        assert answer.out == "", answer
        assert answer.err.startswith("error: "), answer
        reasons = re.findall(r"\[([A-Z_]+)\]", answer.err)
        assert reasons, answer
        if status == CONFLICT:
            allowed = [line for line in answer.err.splitlines() if line.strip().startswith("allowed now: ")]
            assert len(allowed) == 1 and len(allowed[0].partition("allowed now: ")[2]) > 0, answer
        return answer, reasons

    def _assert_still(self, before):
        after = self.everything()
        assert after == before
        self._seen = (self.desk.changes, after)

    def refuses_all_else(self):
        """Tries every step that is not allowed now, once a run for each situation."""
        if not self.desk.tries_all_steps:
            return
        reply = self.desk.admin.done("case", "allowed", self.id).json
        allowed = frozenset(
            entry["command"].removeprefix("COMMAND_KIND_").lower() for entry in reply["commands"]
        )
        situation = (reply["state"], allowed)
        if situation in self.desk.refusals:
            return
        forbidden = STEPS.keys() - allowed
        self.desk.refusals[situation] = len(forbidden)
        before = self._everything_before()
        for name in sorted(forbidden):
            step = STEPS[name]
            arguments = [argument.format(id=self.id) for argument in step.arguments]
            self._refusal(step.who, step.verb, *arguments)
        self._assert_still(before)

    def _everything_before(self):
        """What the last refusal left, if nothing was done since."""
        changes, everything = self._seen
        return everything if changes == self.desk.changes else self.everything()

    def everything(self):
        """The case as it is, and its story, whenever it is asked for."""
        told = self.desk.admin.done("case", "timeline", self.id).json
        del told["nowMs"]
        return told

    # Stretches of way that most paths share

    def approve(self, who="service-1"):
        self.step(who, "verify")
        self.step(who, "approve", *ADDRESS, state="approved")
        self.step(who, "told", "--channel", "email", "--reference", "m-1")

    def ship(self, number="W-1"):
        self.step(
            "logistics",
            "ship",
            "--carrier",
            "Royal Mail",
            "--tracking-no",
            number,
            "--waybill",
            self.desk.paper("waybill"),
            state="in_transit",
        )

    def inspect_all(self, state="qualified"):
        self.step("warehouse", "inspect", "--accept-all", "--report", self.desk.paper("report"), state=state)

    def refund_all(self, state="refunded", voucher="V-1"):
        self.step("finance", "refund", state="refunding")
        self.refund_succeeds(state, voucher)

    def refund_succeeds(self, state, voucher="V-1"):
        return self.step(
            "finance",
            "refund-result",
            "succeeded",
            "--voucher",
            voucher,
            "--voucher-file",
            self.desk.paper(voucher),
            state=state,
        )

    def tell(self, who="service-1"):
        self.step(who, "told", "--channel", "sms", "--reference", "m-2")

    def follow_up_and_close(self, who="service-1"):
        self.refused(who, "close", reason="NOT_COMPLETE")
        self.step(who, "follow-up", "--reached", "--score", "4")
        self.step(who, "close", state="closed")

    def ended(self, state, *kinds):
        """Checks the end of a path: state, story word by word, the order's ledger, the store's indexes."""
        self.refuses_all_else()
        everything = self.everything()
        assert state_of(everything["case"]) == state
        assert without_firings(everything["entries"]) == list(kinds)
        told = self.desk["service-1"].done("case", "timeline", self.id, output="table").out
        assert told.startswith(f"Case {self.id}, order online/{self.order}, ")
        assert f"Now {state}" in told.splitlines()[-1], told
        for kind in kinds:
            assert f": {kind.replace('_', ' ')}" in told, told
        self._assert_order_agrees(everything["case"])
        self.desk.assert_indexes_agree()

    def _assert_order_agrees(self, case):
        """What the case holds and has refunded stands on its order, unless other cases share it."""
        reply = self.desk.admin.done("order", "get", self.order).json
        if reply["caseIds"] != [self.id]:
            return
        held = {
            line["lineId"]: (
                int(line["units"]["requested"]) - int(line["units"].get("released", 0)),
                int(line.get("committedMinor", 0)),
            )
            for line in case["lines"]
        }
        for line in reply["order"]["lines"]:
            on_order = (int(line.get("reservedUnits", 0)), int(line.get("committedMinor", 0)))
            assert on_order == held.get(line["lineId"], (0, 0)), (case, reply)


def without_firings(entries):
    """What was done, without what clocks did."""
    kinds = [kind_of(entry) for entry in entries]
    return [kind for kind in kinds if not kind.startswith("clock_")]


def state_of(case):
    return case["state"].removeprefix("CASE_STATE_").lower()
