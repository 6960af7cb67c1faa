"""The real server: calls of an order system, its refusals, its restarts, and every conformance case."""

from __future__ import annotations

import asyncio
import pathlib
import re
import subprocess
import sys
import time
import uuid

import pytest
from authority import Authority
from returnsd import Returnsd
from support import NO_RETRIES, QUICK, run, until
from test_transport import failure

from returns_client import (
    CallOptions,
    CertificateExpired,
    CertificateUntrusted,
    Client,
    ClientCertificateRefused,
    ClientOptions,
    CredentialsRefused,
    Outcome,
    RCPError,
    StatusCode,
    TLSNotSpoken,
    TLSOptions,
    TLSRequired,
    Token,
    UnaryCall,
)
from returns_client.conformance.cases import CASES
from returns_client.returns_v1 import (
    EVENT_TYPE_NOTED,
    EVENT_TYPE_SUBMITTED,
    INTAKE_CHANNEL_WEBSITE,
    ORDER_STATUS_PLACED,
    PAYMENT_METHOD_CARD,
    PUT_ORDER_RESULT_CREATED,
    ROLE_CHANNEL,
    SERVING_STATUS_SERVING,
    AddNoteRequest,
    AdminServiceStub,
    CaseServiceStub,
    CaseTarget,
    ConsumeRequest,
    CreateEventGroupRequest,
    CreatePrincipalRequest,
    EchoRequest,
    EventServiceStub,
    GetOrderRequest,
    HealthCheckRequest,
    HealthServiceStub,
    Order,
    OrderKey,
    OrderLine,
    OrderServiceStub,
    Payment,
    PutOrderReply,
    PutOrderRequest,
    RequestedLine,
    SubmitCaseRequest,
    SubscribeRequest,
)


def token_of(server: Returnsd) -> Token:
    return Token.from_file(server.token_file)


def order(number: str, quantity: int = 1) -> PutOrderRequest:
    line = OrderLine(line_id="1", sku="MUG", name="Mug", quantity=quantity, unit_price_minor=450)
    key = OrderKey(sale_channel="online", order_no=number)
    paid = Payment(reference=number, method=PAYMENT_METHOD_CARD, amount_minor=abs(quantity) * 450)
    return PutOrderRequest(
        order=Order(
            key=key,
            placed_at_ms=1_790_000_000_000,
            currency="GBP",
            customer_id="C-7",
            lines=[line],
            payments=[paid],
            status=ORDER_STATUS_PLACED,
        )
    )


def test_every_transport_serves(returnsd: Returnsd, authority: Authority) -> None:
    async def test() -> None:
        for address in returnsd.addresses:
            async with Client(address, token=token_of(returnsd), tls=authority.client()) as client:
                reply = await HealthServiceStub(client).check(HealthCheckRequest())
                assert reply.status == SERVING_STATUS_SERVING
                async with HealthServiceStub(client).watch(HealthCheckRequest()) as watch:
                    first = await watch.read()
                    assert first is not None
                    assert first.status == SERVING_STATUS_SERVING

    assert len(returnsd.addresses) == 3
    run(test())


def test_events_are_followed_and_consumed(returnsd: Returnsd) -> None:
    async def test() -> None:
        async with Client(returnsd.address, token=token_of(returnsd)) as client:
            events, cases = EventServiceStub(client), CaseServiceStub(client)
            await events.create_event_group(CreateEventGroupRequest(name="python", beginning=True))
            await OrderServiceStub(client).put_order(order("FOLLOWED-1"))
            form = SubmitCaseRequest(
                order=OrderKey(sale_channel="online", order_no="FOLLOWED-1"),
                intake_channel=INTAKE_CHANNEL_WEBSITE,
                reason_code="faulty",
                lines=[RequestedLine(line_id="1", quantity=1)],
            )
            opened = (await cases.submit_case(form)).case
            # From the beginning, and from the cursor that this gave.
            seen, cursor = set(), ""
            async with events.subscribe(SubscribeRequest(beginning=True)) as replies:
                while reply := await replies.read():
                    seen |= {(event.type, event.case_id) for event in reply.events}
                    cursor = reply.cursor
                    if reply.caught_up:
                        break
            assert (EVENT_TYPE_SUBMITTED, opened.id) in seen
            async with events.subscribe(SubscribeRequest(cursor=cursor, limit=1)) as replies:
                target = CaseTarget(case_id=opened.id)
                await cases.add_note(AddNoteRequest(target=target, text="looked at"))
                later = [event async for reply in replies for event in reply.events]
            assert [event.type for event in later] == [EVENT_TYPE_NOTED]
            assert later[0].order.order_no == "FOLLOWED-1"
            async with events.consume() as call:
                await call.write(ConsumeRequest(group="python"))
                consumed: set[str] = set()
                while later[0].id not in consumed:
                    delivered = await call.read()
                    assert delivered is not None
                    ids = [delivery.event.id for delivery in delivered.deliveries]
                    consumed |= set(ids)
                    await call.write(ConsumeRequest(acknowledged=ids))
                await call.done_writing()
                while await call.read() is not None:
                    pass

    run(test())


def test_a_mutation_is_applied_once_under_its_id(returnsd: Returnsd) -> None:
    async def test() -> None:
        async with Client(returnsd.address, token=token_of(returnsd)) as client:
            stub, options = OrderServiceStub(client), CallOptions(request_id=uuid.uuid4())
            first = stub.put_order(order("P-1"), options)
            assert (await first).result == PUT_ORDER_RESULT_CREATED
            again = stub.put_order(order("P-1"), options)
            assert (await again).result == PUT_ORDER_RESULT_CREATED
            assert (first.was_replayed, again.was_replayed) == (False, True)
            stored = await stub.get_order(GetOrderRequest(key=order("P-1").order.key))
            assert stored.order.lines[0].quantity == 1

    run(test())


def test_a_refusal_has_details(returnsd: Returnsd) -> None:
    async def test() -> None:
        async with Client(returnsd.address, token=token_of(returnsd)) as client:
            with pytest.raises(RCPError) as raised:
                await OrderServiceStub(client).put_order(order("P-2", quantity=-1))
            assert raised.value.code is StatusCode.INVALID_ARGUMENT
            assert raised.value.outcome is Outcome.NOT_APPLIED
            assert [detail.field for detail in raised.value.details] == ["order.lines[0].quantity"]

    run(test())


def test_what_is_wrong_is_told_apart_within_a_second(
    returnsd: Returnsd, authority: Authority, stranger: Authority
) -> None:
    plain, tls = returnsd.addresses[0].removeprefix("rcp://"), returnsd.addresses[1]

    async def test() -> None:
        assert type(await failure(plain, token="nobody's")) is CredentialsRefused
        assert type(await failure(plain)) is CredentialsRefused
        assert type(await failure(f"rcps://{plain}", authority.client())) is TLSNotSpoken
        assert type(await failure(tls.replace("rcps://", "rcp://"), token="x")) is TLSRequired
        assert type(await failure(tls, stranger.client(), token="x")) is CertificateUntrusted
        certificate, key = stranger.files("shop.example.com")
        foreign = await failure(tls, TLSOptions(authority.ca_file, certificate, key))
        assert type(foreign) is ClientCertificateRefused
        assert "does not accept the client certificate" in foreign.text
        nobody = await failure(tls, authority.client("elsewhere"))
        assert type(nobody) is CredentialsRefused

    run(test())


def test_an_expired_certificate_and_a_required_one(
    binary: str, folder: pathlib.Path, authority: Authority
) -> None:
    def server(name: str, *flags: object) -> Returnsd:
        certificate, key = authority.files(name)
        tls = ("--tls-certificate", certificate, "--tls-key", key)
        return Returnsd(binary, folder / name, *tls, *flags, listen="rcps://127.0.0.1:0")

    async def test(expired: Returnsd, strict: Returnsd) -> None:
        assert type(await failure(expired.address, authority.client(), token="x")) is CertificateExpired
        missing = await failure(strict.address, authority.client(), token="x")
        assert type(missing) is ClientCertificateRefused
        assert "asks for a client certificate" in missing.text

    expired = server("expired")
    try:
        strict = server(
            "server", "--tls-client-ca", authority.ca_file, "--tls-client-certificates", "required"
        )
        try:
            run(test(expired, strict))
        finally:
            strict.end()
    finally:
        expired.end()


def test_a_restart_is_survived_and_a_stop_drains(binary: str, folder: pathlib.Path) -> None:
    first = Returnsd(binary, folder / "d", listen=f"unix:{folder}/s.sock")

    async def test() -> Returnsd:
        options = ClientOptions(reconnect_first=0.02, reconnect_max=0.1, wait_for_ready=True)
        async with Client(first.address, token=token_of(first), options=options) as client:
            orders, health = OrderServiceStub(client), HealthServiceStub(client)
            async with health.watch(HealthCheckRequest()) as watch:
                assert await watch.read() is not None
                call = orders.put_order(order("R-1"))
                await call
                first.terminate()
                # The server says that it stops, on the stream and by GOAWAY, and ends in order.
                statuses = [reply.status async for reply in watch]
                assert statuses
                assert statuses[-1] != SERVING_STATUS_SERVING
            await until(lambda: first.process.poll() is not None, "returnsd to end", 15)
            assert first.process.returncode == 0
            again = orders.put_order(order("R-1"), CallOptions(request_id=call.request_id, timeout=15))
            waiting = asyncio.ensure_future(again)
            second = await asyncio.to_thread(Returnsd, binary, folder / "d", listen=f"unix:{folder}/s.sock")
            await waiting
            assert again.was_replayed
            return second

    try:
        run(test()).end()
    finally:
        first.end()


def test_a_killed_server_leaves_calls_in_doubt_that_a_repetition_settles(
    binary: str, folder: pathlib.Path
) -> None:
    first = Returnsd(binary, folder / "d", listen=f"unix:{folder}/s.sock")

    async def test() -> Returnsd:
        options = ClientOptions(reconnect_first=0.02, reconnect_max=0.1, retry=NO_RETRIES)
        async with Client(first.address, token=token_of(first), options=options) as client:
            stub = OrderServiceStub(client)
            calls: list[UnaryCall[PutOrderRequest, PutOrderReply]] = []
            failed: list[tuple[int, RCPError]] = []

            async def put_orders() -> None:
                """Puts one order after the other until one fails, so that calls are under way at any time."""
                while True:
                    number = len(calls)
                    calls.append(stub.put_order(order(f"K-{number}")))
                    try:
                        await calls[number]
                    except RCPError as error:
                        failed.append((number, error))
                        return

            putters = [asyncio.ensure_future(put_orders()) for _ in range(50)]
            await until(lambda: len(calls) > 200, "200 orders to be put", 15)
            first.kill()
            await asyncio.gather(*putters)
            assert len(failed) == len(putters)
            assert {error.code for _, error in failed} == {StatusCode.UNAVAILABLE}
            second = await asyncio.to_thread(Returnsd, binary, folder / "d", listen=f"unix:{folder}/s.sock")
            for number, error in failed:
                options_again = CallOptions(request_id=error.request_id, wait_for_ready=True)
                assert (await stub.put_order(order(f"K-{number}"), options_again)).version == 1
            for number in range(len(calls)):
                key = order(f"K-{number}").order.key
                assert (await stub.get_order(GetOrderRequest(key=key))).order.version == 1
            return second

    try:
        run(test()).end()
    finally:
        first.end()


def test_large_messages_and_many_calls(returnsd: Returnsd) -> None:
    async def test() -> None:
        async with Client(returnsd.address, token=token_of(returnsd), options=QUICK) as client:
            stub = HealthServiceStub(client)
            payload = bytes(range(256)) * 12_000
            assert (await stub.echo(EchoRequest(payload=payload))).payload == payload
            replies = await asyncio.gather(*(stub.echo(EchoRequest(payload=b"%d" % n)) for n in range(2_000)))
            assert [int(reply.payload) for reply in replies] == list(range(2_000))

    run(test())


def conformance(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "returns_client.conformance", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize("way", ["plaintext", "tls", "mutual tls"])
def test_conformance(returnsd: Returnsd, authority: Authority, way: str) -> None:
    plain, tls = returnsd.addresses[:2]
    certificate, key = authority.files("shop.example.com")
    token = ("--token-file", returnsd.token_file)
    if way == "mutual tls":
        run(make_principal(returnsd, "shop.example.com"))
    arguments: dict[str, tuple[object, ...]] = {
        "plaintext": (plain, *token),
        "tls": (tls, *token, "--ca", authority.ca_file),
        "mutual tls": (tls, "--ca", authority.ca_file, "--cert", certificate, "--key", key),
    }
    start = time.monotonic()
    process = conformance(*arguments[way], "--soak-seconds", "0.5")
    table = process.stdout
    print(f"{way}, {time.monotonic() - start:.1f} s:\n{table}{process.stderr}")
    assert process.returncode == 0, table + process.stderr
    assert re.match(r"CASE +RESULT +MS +NOTE\n", table)
    names = re.findall(r"^(\w+) +passed +\d+", table, re.MULTILINE)
    assert names == list(CASES)
    assert "failed" not in table.rsplit("\n", 2)[0]
    assert table.endswith(f"{len(CASES)} passed, 0 failed\n")


async def make_principal(server: Returnsd, name: str) -> None:
    async with Client(server.address, token=token_of(server)) as client:
        await AdminServiceStub(client).create_principal(
            CreatePrincipalRequest(name=name, roles=[ROLE_CHANNEL], sale_channels=["online"])
        )


def test_the_runner_fails_where_the_server_does(returnsd: Returnsd) -> None:
    process = conformance(returnsd.address)
    assert process.returncode == 1
    assert f"0 passed, {len(CASES)} failed" in process.stdout
    assert "refused the credentials" in process.stdout
    assert conformance(returnsd.address, "--token-file", "/nowhere").returncode == 2


def test_the_runner_takes_no_open_token_file_if_strict(returnsd: Returnsd, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "token"
    file.write_text("nobody's")
    file.chmod(0o644)
    warned = conformance(returnsd.address, "--token-file", file)
    assert "SecretFileWarning" in warned.stderr and "refused the credentials" in warned.stdout
    refused = conformance(returnsd.address, "--token-file", file, "--strict")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("conformance: other users of this machine can read"), refused.stderr
