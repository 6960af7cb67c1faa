"""What a request id covers (SPEC.md §7.3): one principal's request on one record. It never makes a change twice."""

import copy
import json

import pytest

from harness.command import CONFLICT, DONE
from harness.desk import MUG

ORDERS = 8


def put(person, order, request_id):
    return person("call", "PutOrder", "-d", json.dumps({"order": order}), "--request-id", request_id)


def assert_reused(answer):
    assert answer.status == CONFLICT and "[REQUEST_ID_REUSED]" in answer.err, answer


@pytest.fixture(scope="module")
def pushed(desk):
    """An order as its order system knows it."""
    order = desk.read_order(desk.order((MUG, 3, 1000)))
    for field in ("version", "updatedAtMs", "expiresAtMs"):
        order.pop(field)
    return order


def other(order, number, **fields):
    copied = copy.deepcopy(order)
    copied["key"]["orderNo"] = number
    return {**copied, **fields}


def test_one_request_is_carried_out_once(desk, pushed):
    order, request_id = other(pushed, "ids-1"), "a1" * 16
    first, again = (put(desk["channel"], order, request_id) for _ in range(2))
    assert first.json == again.json and first.json["result"] == "PUT_ORDER_RESULT_CREATED"
    assert put(desk["channel"], order, "a2" * 16).json["result"] == "PUT_ORDER_RESULT_UNCHANGED"


def test_another_content_under_the_id_is_refused(desk, pushed):
    order, request_id = other(pushed, "ids-2"), "b1" * 16
    put(desk["channel"], order, request_id)
    assert_reused(put(desk["channel"], other(pushed, "ids-2", country="FR"), request_id))
    assert desk.read_order("ids-2")["country"] == "GB"
    # So is another method on the same order, and on its case.
    assert_reused(
        desk["channel"]("case", "submit", "-f", "-", "--request-id", request_id, input=desk.form("ids-2", ("1", 1)))
    )
    case = desk.open("ids-2", ("1", 1))
    assert_reused(desk["service-1"]("case", "note", case.id, "called", "--request-id", request_id))
    assert int(desk.read_order("ids-2")["version"]) == 2


def test_another_principal_is_another_request(desk, pushed):
    order, request_id = other(pushed, "ids-3"), "c1" * 16
    put(desk["channel"], order, request_id)
    assert_reused(put(desk.admin, order, request_id))
    case = desk.open("ids-3", ("1", 1))
    note = ("case", "note", case.id, "called the customer", "--request-id", "c2" * 16)
    desk["service-1"].done(*note)
    assert_reused(desk["service-2"](*note))
    desk["service-1"].done(*note)
    story = desk.admin.done("case", "timeline", case.id).out
    assert story.count("called the customer") == 1, story


def test_on_other_records_the_id_may_be_refused_but_never_counts_twice(desk, pushed):
    """Records in one part of the store remember ids together, those in others know nothing of them."""
    request_id = "d1" * 16
    orders = [other(pushed, f"ids-4-{number}") for number in range(ORDERS)]
    results = [put(desk["channel"], order, request_id) for order in orders]
    assert results[0].status == DONE
    for order, first in zip(orders, results, strict=True):
        if first.status != DONE:
            assert_reused(first)
            continue
        assert first.json["result"] == "PUT_ORDER_RESULT_CREATED"
        assert put(desk["channel"], order, request_id).json == first.json
        assert int(desk.read_order(order["key"]["orderNo"])["version"]) == 1

    # The registry of principals has its own, too.
    new = {"name": "ids-4", "roles": ["ROLE_AUDITOR"], "saleChannels": ["*"]}

    def create(**fields):
        data = json.dumps({**new, **fields})
        return desk.admin("call", "CreatePrincipal", "-d", data, "--request-id", request_id)

    assert create().status == DONE and create().status == DONE
    assert_reused(create(team="day"))
    found = desk.admin.done("principal", "list").out
    assert found.count('"ids-4"') == 1, found
