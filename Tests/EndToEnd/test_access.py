"""The table of access_table.py, tried from outside: every method, with every role, bound to the case's own
sale channel, to another one, and to none; and what one channel's system can learn of another's."""

import asyncio
import contextlib
import dataclasses
import json

import pytest
from access_table import ROLES, TABLE
from google.protobuf import descriptor_pb2
from harness.command import CONFLICT, DONE, FAILED, NOT_FOUND, USAGE, assert_refused
from harness.opening import order
from harness.processes import redis_cli
from harness.waiting import wait_until
from returns_client import CallOptions, Client, RCPError, StatusCode, Token, rcp_discovery_v1, returns_v1
from returns_client.methods import Kind

SCOPES = {"own": "--sale-channel=online", "other": "--sale-channel=store", "all": "--all-sale-channels"}
PRINCIPALS = [(role, scope) for role in ROLES for scope in SCOPES if role != "admin" or scope == "all"]
DEPARTMENTS = ["service", "logistics", "warehouse", "finance"]
ADMIN_GROUP, BRIEF_GROUP = "desk-group", "brief-group"
QUICK = CallOptions(timeout=20)


@dataclasses.dataclass(frozen=True)
class Subject:
    """What a call is about."""

    order: returns_v1.OrderKey
    case: str
    group: str
    # Where an order would be put.
    channel: str


def methods():
    """Every method that the generated stubs know, by its full name."""
    found = {}
    for module in (returns_v1, rcp_discovery_v1):
        for name, value in vars(module).items():
            if name.endswith("Methods"):
                found |= {m.name: m for m in vars(value).values() if hasattr(m, "idempotency")}
    return found


METHODS = methods()

# What a request holds besides its target, so that it is looked at at all.
FIELDS = {
    "RecordPickup": {"result": "PICKUP_RESULT_MISSED", "reason": "nobody there"},
    "ReportException": {"kind": "EXCEPTION_KIND_LOST", "reason": "lost"},
    "RecordRefund": {"status": "REFUND_STATUS_UNKNOWN", "refund_id": "x"},
    "AttachDocument": {"document": {"type": "DOCUMENT_TYPE_OTHER", "reference": "x"}},
    "PauseClock": {"kind": "CLOCK_KIND_REVIEW", "reason": "x"},
    "ResumeClock": {"kind": "CLOCK_KIND_REVIEW", "reason": "x"},
    "ExtendClock": {"kind": "CLOCK_KIND_REVIEW", "reason": "x", "by_ms": 1000},
    "GetAttainment": {"from_date": "2026-11-01", "to_date": "2026-11-02"},
    "GetCalendar": {"name": "standard"},
    "ListCases": {"limit": 500},
    "ListDue": {"limit": 500},
    "DeductAmount": {"code": "DEDUCTION_CODE_OTHER"},
    "CreatePrincipal": {"name": "Not A Name", "roles": ["ROLE_SERVICE"]},
    "CreateWebhook": {"name": "hook", "url": "ftp://x"},
    "Redeliver": {"name": "hook", "since_ms": 1},
    "UpdateWebhook": {"name": "hook", "attempts_max": 1},
    "ConfirmReconciled": {"run": "1.1"},
    "ConfirmResync": {"name": "nobody", "through_ms": 1},
    "Subscribe": {"beginning": True},
}
# Whatever is named by a name alone names nothing.
NAMED = (
    "RevokePrincipal SetPrincipalTeam SetPrincipalChannels EnableWebhook DisableWebhook DeleteWebhook"
    " ListDeliveries TestWebhook RotateWebhookSecret"
)


def request_for(method, subject, role, scope):
    short = method.name.rsplit(".", 1)[1]
    request = method.request_type()
    fields = dict(FIELDS.get(short, {}))
    if short in NAMED.split():
        fields["name"] = "nobody"
    names = request.DESCRIPTOR.fields_by_name
    if "target" in names:
        fields["target"] = {"case_id": subject.case, "dry_run": True}
    elif "case_id" in names:
        fields["case_id"] = subject.case
    if short == "GetOrder":
        fields["key"] = subject.order
    elif short == "ChangePayments":
        fields |= {
            "key": subject.order,
            "payments": [{"reference": "other", "method": "PAYMENT_METHOD_CARD", "amount_minor": 1}],
            "reason": "x",
            "dry_run": True,
        }
    elif short == "PutOrder":
        fields["order"] = order(returns_v1.OrderKey(sale_channel=subject.channel, order_no="O-1"))
    elif short == "SubmitCase":
        fields |= {
            "order": subject.order,
            "intake_channel": "INTAKE_CHANNEL_WEBSITE",
            "reason_code": "faulty",
            "lines": [{"line_id": "1", "quantity": 1}],
            "dry_run": True,
        }
    elif short in ("AssignCase", "NextWork"):
        fields["role"] = f"ROLE_{role.upper()}" if role in DEPARTMENTS else "ROLE_SERVICE"
    elif short == "Recompute":
        fields |= {"case_ids": [subject.case], "dry_run": True}
    elif short == "Consume":
        fields["group"] = subject.group
    elif short == "CreateEventGroup":
        fields["name"] = f"{role}-{scope}"
    elif short == "DeleteEventGroup":
        fields["name"] = subject.group
    return method.request_type(**fields)


class Principals:
    """A client for each role and scope."""

    def __init__(self, server, desk):
        self.clients = {}
        for role, scope in PRINCIPALS:
            file = desk.folder / f"{role}-{scope}.token"
            desk.admin(
                "principal", "create", f"{role}-{scope}", "--role", role, SCOPES[scope], "--save", file
            )
            self.clients[role, scope] = Client(server.address, token=Token.from_file(file))

    async def close(self):
        for client in self.clients.values():
            await client.close()


async def answer(client, method, request):
    """The reply, or the first one of a stream, or the error."""
    try:
        match method.kind:
            case Kind.UNARY:
                return await client.unary(method, request, QUICK)
            case Kind.SERVER_STREAMING:
                replies = []
                async with client.server_streaming(method, request, QUICK) as call:
                    async for reply in call:
                        replies.append(reply)
                        if getattr(reply, "caught_up", True):
                            return replies
            case Kind.BIDIRECTIONAL_STREAMING:
                async with client.bidirectional(method, None, QUICK) as call:
                    await call.write(request)
                    return await call.read()
    except RCPError as error:
        return error
    raise AssertionError(method)


async def read_all(stream):
    while await stream.read() is not None:
        pass


def reason_of(error):
    return error.details[0].reason if error.details else ""


def shape(error):
    """Everything of an error that its caller sees."""
    return (
        error.code,
        error.text,
        error.outcome,
        error.retry_after_milliseconds,
        error.details,
        error.trailers,
    )


def comes_to(reply, absent, subject):
    """The word of the table for what a call came to."""
    if isinstance(reply, RCPError):
        match reply.code, reason_of(reply):
            case StatusCode.PERMISSION_DENIED, "SALE_CHANNELS_REQUIRED":
                return "bound"
            case StatusCode.PERMISSION_DENIED, "GROUP_OWNER_REQUIRED":
                return "not owner"
            case StatusCode.PERMISSION_DENIED, "ROLE_REQUIRED":
                return "role"
            case (
                StatusCode.NOT_FOUND,
                "CASE_UNKNOWN" | "ORDER_UNKNOWN" | "GROUP_UNKNOWN" | "SALE_CHANNEL_UNKNOWN",
            ):
                assert isinstance(absent, RCPError) and shape(absent) == shape(reply), (reply, absent)
                return "hidden"
        assert reply.code not in (StatusCode.INTERNAL, StatusCode.UNIMPLEMENTED, StatusCode.UNAVAILABLE), (
            reply
        )
        return "ok"
    text = str(reply)
    match reply:
        case returns_v1.ListCasesReply() | returns_v1.ListDueReply():
            return "sees" if subject.case in text else "blind"
        case returns_v1.ListEventGroupsReply():
            return "sees" if subject.group in text else "blind"
        case [returns_v1.SubscribeReply(), *_]:
            return "sees" if subject.case in text else "blind"
        case returns_v1.RecomputeReply():
            return "left out" if any(item.case_id == subject.case for item in reply.refused) else "ok"
    return "ok"


async def open_case_in(client, channel, number):
    key = returns_v1.OrderKey(sale_channel=channel, order_no=number)
    await returns_v1.OrderServiceStub(client).put_order(returns_v1.PutOrderRequest(order=order(key)))
    return (await returns_v1.CaseServiceStub(client).submit_case(form(key))).case.id


def form(key, dry_run=False):
    return returns_v1.SubmitCaseRequest(
        order=key,
        intake_channel="INTAKE_CHANNEL_WEBSITE",
        reason_code="faulty",
        free_text="it broke",
        lines=[returns_v1.RequestedLine(line_id="1", quantity=1)],
        dry_run=dry_run,
    )


@contextlib.asynccontextmanager
async def admin_of(server):
    async with Client(server.address, token=Token.from_file(server.token_file)) as admin:
        yield admin


def test_every_method_is_in_the_table(server):
    async def schema():
        async with admin_of(server) as admin:
            stub = rcp_discovery_v1.DiscoveryServiceStub(admin)
            return await stub.get_schema(rcp_discovery_v1.GetSchemaRequest())

    reply = asyncio.run(schema())
    files = descriptor_pb2.FileDescriptorSet.FromString(reply.file_descriptor_set)
    offered = {
        f"{file.package}.{service.name}.{method.name}"
        for file in files.file
        for service in file.service
        for method in service.method
        if f"{file.package}.{service.name}" in reply.services
    }
    assert offered == set(TABLE)
    assert set(TABLE) <= set(METHODS)


def test_the_table_holds(server, desk):
    principals = Principals(server, desk)

    async def run():
        wrong, tried = [], 0
        async with admin_of(server) as admin:
            online = returns_v1.OrderKey(sale_channel="online", order_no="O-1")
            case = await open_case_in(admin, "online", "O-1")
            await open_case_in(admin, "store", "S-1")
            gone = (await returns_v1.CaseServiceStub(admin).submit_case(form(online, dry_run=True))).case.id
            events = returns_v1.EventServiceStub(admin)
            await events.create_event_group(returns_v1.CreateEventGroupRequest(name=ADMIN_GROUP))
            for name, row in TABLE.items():
                method = METHODS[name]
                group = BRIEF_GROUP if name.endswith("DeleteEventGroup") else ADMIN_GROUP
                subject = Subject(online, case, group, "online")
                for role, scope in PRINCIPALS:
                    tried += 1
                    client = principals.clients[role, scope]
                    if group == BRIEF_GROUP:
                        await events.create_event_group(returns_v1.CreateEventGroupRequest(name=BRIEF_GROUP))
                    reply = await answer(client, method, request_for(method, subject, role, scope))
                    absent = None
                    if isinstance(reply, RCPError) and reply.code == StatusCode.NOT_FOUND:
                        channel = {"own": "online", "other": "store", "all": "online"}[scope]
                        key = returns_v1.OrderKey(sale_channel=channel, order_no="NEVER")
                        nothing = Subject(key, gone, "no-such-group", "nowhere")
                        absent = await answer(client, method, request_for(method, nothing, role, scope))
                    found, expected = comes_to(reply, absent, subject), row.expected(role, scope)
                    if found != expected:
                        wrong.append(
                            f"{name} as {role}, {scope}: {found}, not {expected}: {str(reply)[:200]}"
                        )
        await principals.close()
        return wrong, tried

    wrong, tried = asyncio.run(run())
    assert not wrong, "\n".join(wrong)
    assert tried == len(TABLE) * len(PRINCIPALS) == 25 * len(TABLE)


class Shops:
    """Two order systems, each bound to its own channel, with a case of each, on which the desk has worked."""

    def __init__(self, world, desk):
        self.desk = desk
        self.a, self.b = (self._shop(world, name) for name in ("a", "b"))

    def _shop(self, world, name):
        file = world.path / f"shop-{name}.token"
        self.desk.admin.done(
            "principal",
            "create",
            f"shop-{name}",
            "--role",
            "channel",
            "--sale-channel",
            f"shop-{name}",
            "--save",
            file,
        )
        return self.desk.admin.with_token(file)

    def put(self, shop, name, number, **fields):
        body = json.loads(desk_order(f"shop-{name}", number)) | fields
        return shop("order", "import", "-", input=json.dumps(body))

    def open(self, shop, name, number):
        assert self.put(shop, name, number).json["created"] == 1
        form = {
            "order": {"saleChannel": f"shop-{name}", "orderNo": number},
            "intakeChannel": "INTAKE_CHANNEL_WEBSITE",
            "reasonCode": "unwanted",
            "freeText": f"secret of {name}",
            "lines": [{"lineId": "1", "quantity": 1}],
        }
        return shop.done("case", "submit", "-f", "-", input=json.dumps(form)).json["case"]["id"]


def desk_order(channel, number):
    return json.dumps(
        {
            "key": {"saleChannel": channel, "orderNo": number},
            "placedAtMs": 1_790_000_000_000,
            "deliveredAtMs": 1_790_000_000_000,
            "status": "ORDER_STATUS_DELIVERED",
            "customerId": "cu-7",
            "currency": "GBP",
            "lines": [{"lineId": "1", "sku": "MUG", "quantity": 3, "unitPriceMinor": 450}],
            "payments": [{"reference": "pay", "method": "PAYMENT_METHOD_CARD", "amountMinor": 1350}],
        }
    )


@pytest.fixture(scope="module")
def shops(module_world, desk):
    return Shops(module_world, desk)


def test_two_channels_know_nothing_of_each_other(shops):
    a, b = shops.a, shops.b
    ours, theirs = shops.open(a, "a", "N-1"), shops.open(b, "b", "N-1")
    assert a.done("case", "get", ours).json["case"]["freeText"] == "secret of a"
    for command in (
        ("case", "get"),
        ("case", "timeline"),
        ("case", "allowed"),
        ("case", "cancel", "--reason", "x", "--yes"),
    ):
        assert_refused(a(*command[:2], theirs, *command[2:]), NOT_FOUND, "no such case")
    assert_refused(a("order", "get", "N-1", "--channel", "shop-b"), NOT_FOUND, "no such order")
    pushed = shops.put(a, "b", "N-1", customerId="cu-8")
    assert pushed.status != 0 and "no such sale channel" in pushed.out + pushed.err
    assert b.done("order", "get", "N-1", "--channel", "shop-b").json["order"]["customerId"] == "cu-7"
    # The same customer has cases in both.
    for flags in ((), ("--customer", "cu-7"), ("--state", "submitted"), ("--due-before", "+60d")):
        listed = {case["id"] for case in a.done("case", "list", *flags, output="jsonl").rows}
        assert listed == {ours}, flags
    assert {clock["caseId"] for clock in a.done("sla", "due", output="jsonl").rows} == {ours}


def test_a_list_of_one_channel_is_complete_and_pages(shops):
    a, b = shops.a, shops.b
    ours = set()
    for number in range(12):
        shops.open(b, "b", f"P-{number}")
        if number % 3 == 0:
            ours.add(shops.open(a, "a", f"P-{number}"))
    seen, cursor, pages = [], "", 0
    while True:
        page = a.done("call", "ListCases", "-d", json.dumps({"limit": 2, "cursor": cursor})).json
        seen += [case["id"] for case in page.get("cases", [])]
        pages += 1
        cursor = page.get("nextCursor", "")
        if not cursor:
            break
        assert len(page["cases"]) == 2
    assert len(seen) == len(set(seen)) and ours <= set(seen) and pages > 2
    assert all(a.done("case", "get", case).json["case"]["order"]["saleChannel"] == "shop-a" for case in seen)


def test_what_the_desk_writes_for_itself_stays_with_it(shops):
    desk, a = shops.desk, shops.a
    case = shops.open(a, "a", "W-1")
    service, supervisor = desk["service-1"], desk["supervisor"]
    service.done("case", "note", case, "the customer was rude")
    service.done("case", "verify", case)
    supervisor.done("sla", "pause", case, "review", "--reason", "who is ill")
    supervisor.done("sla", "resume", case, "review", "--reason", "who is well")
    supervisor.done(
        "case", "approve", case, "--override-reason", "an old friend", "--return-address", "1 High Street"
    )
    service.done("case", "assign", case, "--to", "service-1")
    secrets = ["rude", "who is ill", "who is well", "old friend", "service-1 "]
    theirs = json.dumps(a.done("case", "get", case).json) + json.dumps(a.done("case", "timeline", case).json)
    assert not [secret for secret in secrets if secret in theirs]
    assert "assignments" not in a.done("case", "get", case).json["case"] and "1 High Street" in theirs
    own = json.dumps(service.done("case", "get", case).json) + json.dumps(
        service.done("case", "timeline", case).json
    )
    assert not [secret for secret in secrets[:4] if secret not in own]
    told = list(
        a.done("event", "tail", "--from", "beginning", "--no-follow", output="jsonl").out.splitlines()
    )
    assert not [line for line in told if "service-1" in line or "shop-b" in line]


def test_a_channel_has_to_name_its_sale_channels(shops):
    admin = shops.desk.admin
    unbound = admin("principal", "create", "shop-c", "--role", "channel")
    assert unbound.status == USAGE and "--sale-channel" in unbound.err
    # The server asks too.
    body = {"name": "shop-c", "roles": ["ROLE_CHANNEL"]}
    assert_refused(admin("call", "CreatePrincipal", "-d", json.dumps(body)), FAILED, "name the sale channels")
    assert_refused(
        admin("principal", "create", "boss", "--role", "admin", "--sale-channel", "a"),
        FAILED,
        "administrator",
    )
    assert_refused(
        admin("principal", "set-channels", "shop-a", "--sale-channel", "No!"), FAILED, "sale channels"
    )
    rows = {row["name"]: row["saleChannels"] for row in admin.done("principal", "list", output="jsonl").rows}
    assert rows["shop-a"] == ["shop-a"] and rows["admin"] == ["*"] and rows["finance"] == ["*"]
    assert shops.a.done("admin", "info").json["saleChannels"] == ["shop-a"]


def test_a_change_of_channels_holds_for_open_connections(server, world, shops):
    admin = shops.desk.admin
    file = world.path / "moving.token"
    admin.done(
        "principal", "create", "moving", "--role", "channel", "--sale-channel", "shop-a", "--save", file
    )
    case = shops.open(shops.a, "a", "M-1")

    async def run():
        async with Client(server.address, token=Token.from_file(file)) as client:
            cases, events = returns_v1.CaseServiceStub(client), returns_v1.EventServiceStub(client)
            request = returns_v1.GetCaseRequest(case_id=case)
            await cases.get_case(request)
            async with events.subscribe(returns_v1.SubscribeRequest()) as stream:
                assert await stream.read() is not None
                admin.done("principal", "set-channels", "moving", "--sale-channel", "shop-b")
                deadline = asyncio.get_running_loop().time() + 10
                gone = None
                while gone is None:
                    assert asyncio.get_running_loop().time() < deadline
                    try:
                        await cases.get_case(request)
                        await asyncio.sleep(0.05)
                    except RCPError as error:
                        gone = error
                assert gone.code == StatusCode.NOT_FOUND
                shops.desk.admin.done("case", "note", case, "after the change")
                with pytest.raises(RCPError) as ended:
                    await read_all(stream)
                assert ended.value.code == StatusCode.UNAVAILABLE
                assert reason_of(ended.value) == "PRINCIPAL_CHANGED"

    asyncio.run(run())


def test_a_group_is_its_owners(shops):
    a, b, admin = shops.a, shops.b, shops.desk.admin
    a.done("event", "group", "create", "erp-a")
    assert [group["name"] for group in a.done("event", "group", "list", output="jsonl").rows] == ["erp-a"]
    assert b.done("event", "group", "list", output="jsonl").rows == []
    assert_refused(b("event", "tail", "--group", "erp-a"), NOT_FOUND, "no such group")
    assert_refused(b("event", "group", "delete", "erp-a", "--yes"), NOT_FOUND, "no such group")
    assert_refused(b("event", "group", "create", "erp-a"), CONFLICT, "another group's")
    assert "erp-a" in [group["name"] for group in admin.done("event", "group", "list", output="jsonl").rows]
    for number in range(3):
        a.done("event", "group", "create", f"more-{number}")
    assert a("event", "group", "create", "one-too-many").status != DONE
    for number in range(3):
        a.done("event", "group", "delete", f"more-{number}", "--yes")
    shops.desk["supervisor"].done("event", "group", "delete", "erp-a", "--yes")
    assert a.done("event", "group", "list", output="jsonl").rows == []


def bound(world, shops, name, *roles, channel):
    """A principal of the desk that is bound to one channel."""
    file = world.path / f"{name}.token"
    flags = [flag for role in roles for flag in ("--role", role)]
    shops.desk.admin.done("principal", "create", name, *flags, "--sale-channel", channel, "--save", file)
    return shops.desk.admin.with_token(file)


def cases_in(answer):
    return [json.loads(line)["caseId"] for line in answer.out.splitlines()]


def test_nobody_who_is_bound_takes_part_in_anothers_group(shops, world):
    a, admin = shops.a, shops.desk.admin
    chief = bound(world, shops, "chief-b", "supervisor", channel="shop-b")
    a.done("event", "group", "create", "erp-swallowed")
    ours = shops.open(a, "a", "G-1")
    read = ("event", "tail", "--no-follow", "--group")
    assert chief.done("event", "group", "list", output="jsonl").rows == []
    assert_refused(chief(*read, "erp-swallowed"), NOT_FOUND, "no such group")
    assert_refused(chief("event", "group", "delete", "erp-swallowed", "--yes"), NOT_FOUND, "no such group")
    assert cases_in(a.done(*read, "erp-swallowed", output="jsonl")) == [ours]
    # Its own group has its own channel's events, and keeps none of the others from anybody.
    assert_refused(
        chief("event", "group", "create", "c", "--channel", "shop-a"), NOT_FOUND, "SALE_CHANNEL_UNKNOWN"
    )
    made = chief.done("event", "group", "create", "chief").json["group"]
    assert made["filter"] == {"saleChannels": ["shop-b"]}
    shops.open(a, "a", "G-2")
    theirs = shops.open(shops.b, "b", "G-2")
    assert cases_in(chief.done(*read, "chief", output="jsonl")) == [theirs]
    # One that was bound to other channels when it made its group does not lose what it may see no more.
    admin.done("principal", "set-channels", "chief-b", "--sale-channel", "shop-a")
    wait_until(lambda: chief.done("admin", "info").json["saleChannels"] == ["shop-a"], "the new channel")
    later = shops.open(shops.b, "b", "G-3")
    assert_refused(chief(*read, "chief"), CONFLICT, "GROUP_TOO_WIDE")
    assert cases_in(admin.done(*read, "chief", output="jsonl")) == [later]


def test_a_damaged_event_is_told_to_everybody_once(shops, server):
    a = shops.a
    a.done("event", "group", "create", "erp-damaged")
    socket = server.data / "redis.sock"
    redis_cli(
        socket, "XADD", redis_cli(socket, "KEYS", "*}:outbox").splitlines()[0], "*", "type", "submitted"
    )
    told = a.done("event", "tail", "--from", "beginning", "--no-follow", output="jsonl").out
    assert '"EVENT_TYPE_UNREADABLE"' in told
    read = ("event", "tail", "--no-follow", "--group", "erp-damaged")
    assert '"EVENT_TYPE_UNREADABLE"' in a.done(*read, output="jsonl").out


def test_a_damaged_record_of_another_channel_is_not_there(shops, server):
    a, b = shops.a, shops.b
    ours = shops.open(a, "a", "D-1")
    socket = server.data / "redis.sock"
    keys = [redis_cli(socket, "KEYS", pattern) for pattern in (f"*:case:{ours}", "*:order:shop-a:D-1")]
    for key in keys:
        assert redis_cli(socket, "COPY", key, f"{key}-kept") == "1"
        assert redis_cli(socket, "HSET", key, "b", "rubbish") == "0"
    for command in (("case", "get"), ("case", "timeline"), ("case", "cancel", "--reason", "x", "--yes")):
        assert_refused(b(*command[:2], ours, *command[2:]), NOT_FOUND, "no such case")
        assert "DATA_LOSS" in a(*command[:2], ours, *command[2:]).err
    assert_refused(b("order", "get", "D-1", "--channel", "shop-a"), NOT_FOUND, "no such order")
    assert "DATA_LOSS" in a("order", "get", "D-1", "--channel", "shop-a").err
    for key in keys:
        assert redis_cli(socket, "RENAME", f"{key}-kept", key) == "OK"


def test_work_is_given_out_within_the_sale_channels(shops, world):
    admin = shops.desk.admin
    file = world.path / "clerk-c.token"
    flags = ("--role", "service", "--sale-channel", "shop-c", "--save", file)
    admin.done("principal", "create", "clerk-c", *flags)
    clerk = admin.with_token(file)
    assert "work" not in clerk.done("call", "NextWork", "-d", "{}").json
    assert clerk.done("case", "list", output="jsonl").rows == []
    admin.done("principal", "set-channels", "clerk-c", "--all-sale-channels")
