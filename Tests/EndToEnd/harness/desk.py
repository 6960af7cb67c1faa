"""A returns desk: people with one role each, orders, and cases that they take along."""

import hashlib
import itertools
import json

from .command import CONFLICT
from .waiting import wait_until

# Everybody has one role, so that separation of duties is real; `stock-taker` has the two that must not meet.
PEOPLE = {
    "channel": ["channel"],
    "service-1": ["service"],
    "service-2": ["service"],
    "logistics": ["logistics"],
    "warehouse": ["warehouse"],
    "finance": ["finance"],
    "supervisor": ["supervisor"],
    "stock-taker": ["warehouse", "finance"],
}

MUG, CUP = "MUG-1", "CUP-2"


class Desk:
    def __init__(self, admin, token_folder):
        self.admin = admin
        self.folder = token_folder
        self.folder.mkdir(exist_ok=True)
        self.people = {name: self._person(name, roles) for name, roles in PEOPLE.items()}
        self._numbers = itertools.count(1)
        # Counts what may have changed anything, so that nothing is read twice in between.
        self.changes = 0

    def _person(self, name, roles):
        file = self.folder / name
        flags = [flag for role in roles for flag in ("--role", role)]
        self.admin.done("principal", "create", name, *flags, "--save", file)
        return self.admin.with_token(file)

    def __getitem__(self, name):
        return self.people[name]

    @property
    def now_ms(self):
        return int(self.admin.done("admin", "info").json["nowMs"])

    def advance(self, by):
        """Moves the test clock; what falls due is the sweepers' to find."""
        self.changes += 1
        self.admin.done("admin", "advance-clock", by)

    # Orders

    def order(self, *lines, shipping=0, delivered_days_ago=3, **fields):
        """Pushes an order of (sku, quantity, unit price in pence) lines and returns its number."""
        number = f"O-{next(self._numbers)}"
        day = 86_400_000
        now = self.now_ms
        total = sum(quantity * price for _, quantity, price in lines) + shipping
        order = {
            "key": {"saleChannel": "online", "orderNo": number},
            "placedAtMs": now - (delivered_days_ago + 2) * day, "deliveredAtMs": now - delivered_days_ago * day,
            "customerId": "cu-7", "country": "GB", "currency": "GBP", "status": "ORDER_STATUS_DELIVERED",
            "lines": [
                {"lineId": str(index), "sku": sku, "name": "Stoneware", "quantity": quantity, "unitPriceMinor": price}
                for index, (sku, quantity, price) in enumerate(lines, 1)],
            "shippingPaidMinor": shipping,
            "payments": [{"reference": f"pay-{number}", "method": "PAYMENT_METHOD_CARD", "amountMinor": total}],
            **fields,
        }
        answer = self["channel"].done("order", "import", "-", input=json.dumps(order))
        assert answer.json["created"] == 1, answer
        return number

    def read_order(self, number):
        return self.admin.done("order", "get", number).json["order"]

    def reserved(self, number):
        """The reserved units of each line, by line id."""
        return {line["lineId"]: int(line.get("reservedUnits", 0)) for line in self.read_order(number)["lines"]}

    def form(self, order, *lines, **fields):
        """A return request for (line id, units) lines whose customer declares all that the policy asks for."""
        return json.dumps({
            "order": {"saleChannel": "online", "orderNo": order}, "reasonCode": "unwanted",
            "intakeChannel": "INTAKE_CHANNEL_WEBSITE",
            "lines": [{"lineId": line, "quantity": units} for line, units in lines],
            "conditions": [{"code": "original_packaging", "met": True}, {"code": "unused", "met": True}],
            **fields,
        })

    def open(self, order, *lines, **fields):
        self.changes += 1
        answer = self["channel"].done("case", "submit", "-f", "-", input=self.form(order, *lines, **fields))
        return CaseFile(self, answer.json["case"]["id"], order)

    def paper(self, name):
        """A document that is kept elsewhere, as the verbs take it."""
        return f"{name}@sha256:{hashlib.sha256(name.encode()).hexdigest()}"

    def assert_indexes_agree(self):
        """Exit status 0 says that every index entry and deadline agrees with the cases."""
        reply = self.admin.done("admin", "verify-indexes").json
        assert int(reply["cases"]) > 0 and int(reply.get("problems", 0)) == 0, reply


class CaseFile:
    """One case on its way."""

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
            for line in self.read()["lines"]}

    def clocks(self, kind):
        wanted = f"CLOCK_KIND_{kind.upper()}"
        return [clock for clock in self.read().get("clocks", []) if clock["kind"] == wanted]

    def wait_for(self, state, seconds=20):
        self.desk.changes += 1
        wait_until(lambda: self.state == state, f"case {self.id} to become {state}", seconds=seconds, pause=0.05)

    # Steps

    def line(self, verb, arguments):
        """`pickup schedule` and `sla pause` are verbs of two words."""
        words = verb.split()
        head = words if words[0] == "sla" else ["case", *words]
        return [*head, self.id, *arguments, "--yes"]

    def step(self, who, verb, *arguments, state=None):
        """Takes a step that has to succeed and, where told, to lead to a state."""
        self.desk.changes += 1
        case = self.desk[who].done(*self.line(verb, arguments)).json["case"]
        if state:
            assert state_of(case) == state, (verb, case)
        return case

    def refused(self, who, verb, *arguments, reason="NOT_ALLOWED_IN_STATE", status=CONFLICT):
        """Tries a step that is not allowed: it says why and what is allowed instead, and changes nothing."""
        before = self._everything_before()
        answer = self.desk[who](*self.line(verb, arguments))
        assert answer.status == status, answer
        assert answer.out == "", answer
        assert answer.err.startswith("error: ") and f"[{reason}]" in answer.err, answer
        if status == CONFLICT:
            allowed = [line for line in answer.err.splitlines() if line.strip().startswith("allowed now: ")]
            assert len(allowed) == 1 and len(allowed[0].partition("allowed now: ")[2]) > 0, answer
        after = self.everything()
        assert after == before, answer
        self._seen = (self.desk.changes, after)
        return answer

    def _everything_before(self):
        """What the last refusal left, if nothing was done since."""
        changes, everything = self._seen
        return everything if changes == self.desk.changes else self.everything()

    def everything(self):
        """The case as it is, and its story."""
        return self.desk.admin.done("case", "timeline", self.id).json

    # Stretches of way that most paths share

    def approve(self, who="service-1"):
        self.step(who, "verify")
        self.step(who, "approve", state="approved")
        self.step(who, "told", "--channel", "email", "--reference", "m-1")

    def ship(self, number="W-1"):
        self.step("logistics", "ship", "--carrier", "Royal Mail", "--tracking-no", number, "--waybill",
                  self.desk.paper("waybill"), state="in_transit")

    def inspect_all(self, state="qualified"):
        self.step("warehouse", "inspect", "--accept-all", "--report", self.desk.paper("report"), state=state)

    def refund_all(self, state="refunded", voucher="V-1"):
        self.step("finance", "refund", state="refunding")
        self.refund_succeeds(state, voucher)

    def refund_succeeds(self, state, voucher="V-1"):
        return self.step("finance", "refund-result", "succeeded", "--voucher", voucher, "--voucher-file",
                         self.desk.paper(voucher), state=state)

    def tell(self, who="service-1"):
        self.step(who, "told", "--channel", "sms", "--reference", "m-2")

    def follow_up_and_close(self, who="service-1"):
        self.refused(who, "close", reason="NOT_COMPLETE")
        self.step(who, "follow-up", "--reached", "--score", "4")
        self.step(who, "close", state="closed")

    def ended(self, state, *kinds):
        """Checks the end of a path: the state, the story word by word, the order's ledger, and the store's indexes."""
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
        """What the case holds and has refunded stands on its order, unless other cases hold some of it too."""
        reply = self.desk.admin.done("order", "get", self.order).json
        if reply["caseIds"] != [self.id]:
            return
        held = {
            line["lineId"]: (
                int(line["units"]["requested"]) - int(line["units"].get("released", 0)),
                int(line.get("committedMinor", 0)))
            for line in case["lines"]}
        for line in reply["order"]["lines"]:
            on_order = (int(line.get("reservedUnits", 0)), int(line.get("committedMinor", 0)))
            assert on_order == held.get(line["lineId"], (0, 0)), (case, reply)


def without_firings(entries):
    """What was done, without what clocks did."""
    return [entry["kind"] for entry in entries if not entry["kind"].startswith("clock_")]


def state_of(case):
    return case["state"].removeprefix("CASE_STATE_").lower()
