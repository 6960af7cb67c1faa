"""What is offered to type next can be typed: in each situation of the procedure every line is
taken from a person of the role that it names, as it stands."""

import pytest
from harness.desk import MUG
from harness.next_lines import Typist


@pytest.fixture(scope="module")
def desk(module_world):
    desk = module_world.desk(module_world.server("--test-clock"))
    desk.set_return_address()
    return desk


APPROVED = ("service-1 verify", "service-1 approve --return-address Dock-4", "service-1 told --channel sms")
SHIPPED = (*APPROVED, "logistics ship --carrier DHL --tracking-no W-1")
RECEIVED = (*SHIPPED, "warehouse receive --all")
QUALIFIED = (*RECEIVED, "warehouse inspect --accept-all")
FAILED = (*QUALIFIED, "finance refund", "finance refund-result failed --reason declined")
REFUSED = (
    *RECEIVED,
    "warehouse inspect --line 1:accept=1,refuse=1,appearance=fail",
    "service-1 told --channel sms",
)
PICKUP = (*APPROVED, "logistics pickup schedule --from +24h --until +26h --address Street")
LOST = (*SHIPPED, "logistics exception lost --reason gone", "service-1 told --channel sms")
REJECTED = (
    "service-1 verify",
    "service-1 reject --code worn --reason worn --alternative voucher",
    "service-1 told --channel sms",
)
# A way each; every situation on it is looked at that no other way has shown.
WAYS = {
    "refunded": [
        *FAILED,
        "finance refund",
        "finance refund-result unknown --attempt 2",
        "finance refund-result succeeded --voucher V-1",
        "service-1 told --channel sms",
        "service-1 follow-up --reached",
        "supervisor attach --type waybill --file {paper}",
        "supervisor attach --type inspection_report --file {paper}",
        "supervisor attach --type refund_voucher --file {paper}",
        "service-1 close",
        "supervisor reopen --reason again",
    ],
    "given up": [*FAILED, "finance abandon --confirmation dead", "finance refund"],
    "asked": ["service-1 request-info --question which", "channel provide-info --answer this"],
    "by hand": [*APPROVED, "warehouse receive --all --by-hand"],
    "pickup": [*PICKUP, "logistics pickup result missed --reason nobody"],
    "collected": [*PICKUP, "logistics pickup result collected --carrier DHL --tracking-no P-1"],
    "lost": [*LOST, "service-1 resolve --line 1=release:1 --reason gone"],
    "conceded": [*LOST, "supervisor resolve --line 1=concede:2 --reason gone"],
    "in parts": [
        *SHIPPED,
        "warehouse receive --line 1=1",
        "warehouse inspect --accept-all",
        "finance refund",
        "finance refund-result succeeded --voucher V-1",
        "service-1 told --channel sms",
    ],
    "sent back": [
        *REFUSED,
        "service-1 resolve --line 1=send_back:1 --reason worn",
        "warehouse ship-back --carrier DHL --tracking-no B-1",
    ],
    "exchanged": [*REFUSED, "service-1 resolve --line 1=exchange:1 --reason worn"],
    "rejected": [*REJECTED, "channel appeal --reason unfair", "service-2 approve --return-address Dock-4"],
    "something else": [*REJECTED, "channel accept-alternative --goods SPOON-3=1"],
    "withdrawn": [*SHIPPED, "channel withdraw --reason kept", "warehouse receive --all"],
    "cancelled": [*APPROVED, "channel cancel --reason kept"],
}


@pytest.fixture(scope="module")
def typist(desk, module_world):
    paper = module_world.path / "paper"
    paper.write_text("a paper")
    return Typist(desk, str(paper))


@pytest.mark.parametrize("way", WAYS)
def test_every_line_that_is_offered_is_taken(desk, typist, way):
    case = desk.open(desk.order((MUG, 3, 1000)), ("1", 2))
    problems = typist.problems(case)
    for step in WAYS[way]:
        who, *words = step.format(paper=typist.paper).split()
        verb = " ".join(words[:2]) if words[0] == "pickup" else words[0]
        case.step(who, verb, *words[len(verb.split()) :])
        problems += typist.problems(case)
    assert not problems, "\n".join(problems)


def test_goods_without_a_shipment_can_only_be_brought(desk):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    case.approve()
    answer = case.refused("warehouse", "receive", "--all", reason="SHIPMENT_UNKNOWN")
    assert f"returnsctl case receive {case.id} --line 1=0-1 --by-hand --server" in answer.err, answer


def test_a_line_that_is_offered_goes_where_the_typed_one_went(desk):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    ctl = desk["service-1"]
    flags = f"--server {ctl.server} --token-file {ctl.token_file}"
    told = ctl.done("case", "verify", case.id, output="table").out
    assert f"  returnsctl case approve {case.id} {flags}\n" in told, told
    answer = ctl("case", "close", case.id, "--yes")
    assert f"  returnsctl case approve {case.id} {flags}\n" in answer.err, answer
    # Finance is told whose lines they are.
    answer = desk["finance"]("case", "refund", case.id, "--amount", "1", "--yes")
    assert f"  returnsctl case approve {case.id} " in answer.err, answer
    assert "  # service or supervisor\n" in answer.err, answer


def test_what_was_refused_is_not_offered_again(desk):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    case.step("finance", "refund")
    answer = case.refused("finance", "refund", reason="REFUND_IN_PROGRESS")
    assert f"case refund {case.id}" not in answer.err, answer
    assert f"case refund-result {case.id} succeeded --voucher NO" in answer.err, answer


def test_an_approval_without_an_address_says_how_to_give_one(world):
    desk = world.desk(world.server())
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    case.step("service-1", "verify")
    answer = case.refused("service-1", "approve", reason="RETURN_ADDRESS_REQUIRED")
    assert "policy 1 has no return address" in answer.err, answer
    assert f"returnsctl case approve {case.id} --return-address TEXT --server" in answer.err, answer
    desk.set_return_address("1 High Street")
    approved = case.step("service-1", "approve", state="approved")
    assert approved["decisions"][0]["returnAddress"] == "1 High Street"
