"""A returns desk: people with one role each, orders, and cases that they take along."""

import datetime
import hashlib
import itertools
import json
from typing import ClassVar

from .case import CaseFile

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
# Of the standard calendar, which works from Monday to Friday, nine to six.
BEIJING = datetime.timezone(datetime.timedelta(hours=8))
TUESDAY = 1


class Desk:
    # How many steps were tried in vain, by state and allowed steps: once a run, whichever desk it was.
    refusals: ClassVar[dict] = {}

    def __init__(self, admin, token_folder, tries_all_steps=False):
        self.admin = admin
        self.tries_all_steps = tries_all_steps
        self.folder = token_folder
        self.folder.mkdir(exist_ok=True)
        self.people = {name: self._person(name, roles) for name, roles in PEOPLE.items()}
        self._numbers = itertools.count(1)
        # Counts what may have changed anything, so that nothing is read twice in between.
        self.changes = 0

    def _person(self, name, roles):
        file = self.folder / name
        flags = [flag for role in roles for flag in ("--role", role)]
        if roles == ["channel"]:
            flags.append("--sale-channel=online")
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

    def advance_to_a_working_morning(self):
        """To a Tuesday's 10:00 by the standard calendar: which deadline comes
        first can depend on the hour of the week."""
        now = datetime.datetime.fromtimestamp(self.now_ms / 1_000, BEIJING)
        days = (TUESDAY - now.weekday()) % 7 or 7
        morning = (now + datetime.timedelta(days=days)).replace(hour=10, minute=0)
        self.advance(f"{round((morning - now).total_seconds() / 60)}m")

    # Orders

    def order(self, *lines, shipping=0, delivered_days_ago=3, **fields):
        """Pushes an order of (sku, quantity, unit price in pence) lines and returns its number."""
        number = f"O-{next(self._numbers)}"
        day = 86_400_000
        now = self.now_ms
        total = sum(quantity * price for _, quantity, price in lines) + shipping
        order = {
            "key": {"saleChannel": "online", "orderNo": number},
            "placedAtMs": now - (delivered_days_ago + 2) * day,
            "deliveredAtMs": now - delivered_days_ago * day,
            "customerId": "cu-7",
            "country": "GB",
            "currency": "GBP",
            "status": "ORDER_STATUS_DELIVERED",
            "lines": [
                {
                    "lineId": str(index),
                    "sku": sku,
                    "name": "Stoneware",
                    "quantity": quantity,
                    "unitPriceMinor": price,
                }
                for index, (sku, quantity, price) in enumerate(lines, 1)
            ],
            "shippingPaidMinor": shipping,
            "payments": [
                {"reference": f"pay-{number}", "method": "PAYMENT_METHOD_CARD", "amountMinor": total}
            ],
            **fields,
        }
        answer = self["channel"].done("order", "import", "-", input=json.dumps(order))
        assert answer.json["created"] == 1, answer
        return number

    def read_order(self, number):
        return self.admin.done("order", "get", number).json["order"]

    def reserved(self, number):
        """The reserved units of each line, by line id."""
        return {
            line["lineId"]: int(line.get("reservedUnits", 0)) for line in self.read_order(number)["lines"]
        }

    def form(self, order, *lines, **fields):
        """A return request for (line id, units) lines; the customer declares all that the policy asks for."""
        return json.dumps(
            {
                "order": {"saleChannel": "online", "orderNo": order},
                "reasonCode": "unwanted",
                "intakeChannel": "INTAKE_CHANNEL_WEBSITE",
                "lines": [{"lineId": line, "quantity": units} for line, units in lines],
                "conditions": [{"code": "original_packaging", "met": True}, {"code": "unused", "met": True}],
                **fields,
            }
        )

    def open(self, order, *lines, **fields):
        self.changes += 1
        answer = self["channel"].done("case", "submit", "-f", "-", input=self.form(order, *lines, **fields))
        return CaseFile(self, answer.json["case"]["id"], order)

    def paper(self, name):
        """A document that is kept elsewhere, as the verbs take it."""
        return f"{name}@sha256:{hashlib.sha256(name.encode()).hexdigest()}"

    def set_return_address(self, address="Dock 4"):
        """The standard policy has none: what approvals without one go by."""
        policy = self.admin.done("policy", "get").json["policy"]
        text = json.dumps({**policy, "returnAddress": address})
        self.admin.done("policy", "put", "-f", "-", "--yes", input=text)

    def assert_indexes_agree(self):
        """Exit status 0 says that every index entry and deadline agrees with the cases."""
        reply = self.admin.done("admin", "verify-indexes").json
        assert int(reply["cases"]) > 0 and int(reply.get("problems", 0)) == 0, reply
