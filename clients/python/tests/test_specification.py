"""SPEC.md's tables against the client's, in both directions: whichever is changed alone fails here."""

from __future__ import annotations

import dataclasses
import itertools
import re

import pytest
from vectors import FOLDER

import returns_client.limits
from returns_client import Limits, Outcome, Repetition, StatusCode
from returns_client.status import GoAwayCode, RefusedCode, may_repeat
from returns_client.wire import frames, handshake
from returns_client.wire.call_payloads import Response
from returns_client.wire.frames import FrameHeader, FrameType, HeaderRules, Role, check_header
from returns_client.wire.rows import CallViolation, ConnectionViolation, Row

SPEC = (FOLDER.parent / "SPEC.md").read_text()
FEATURES = {"FRAGMENTS": frames.FRAGMENTS, "COMPRESSION": frames.COMPRESSION, "STREAMING": frames.STREAMING}
FLAGS = {
    "END": frames.END,
    "MORE": frames.MORE,
    "COMPRESSED": frames.COMPRESSED,
    "HAS_MESSAGE": frames.HAS_MESSAGE,
    "IGNORABLE": frames.IGNORABLE,
}


def rows(heading: str) -> list[list[str]]:
    """Cells of the table rows within the section that begins with `heading`."""
    section = re.split(r"^#", SPEC.partition(f"\n{heading}")[2], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]


def numbered(heading: str) -> list[list[str]]:
    """Those rows that begin with a number."""
    return [row for row in rows(heading) if re.fullmatch(r"(0x)?[0-9A-F]+", row[0])]


def ranges(registry: str) -> list[list[int]]:
    """What the registry says is assigned."""
    (cell,) = [row[1] for row in rows("## 13") if row[0].startswith(registry)]
    found = re.findall(r"((?:0x)?[0-9A-F]+)–((?:0x)?[0-9A-F]+)", cell)
    return [list(range(int(first, 0), int(last, 0) + 1)) for first, last in found]


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def test_statuses_and_whether_they_may_be_repeated() -> None:
    table = numbered("### 7.3")
    assert [(int(row[0]), row[1]) for row in table] == [(code.value, code.name) for code in StatusCode]
    for row in table:
        for words, outcome in zip(
            row[2:], (Outcome.NOT_APPLIED, Outcome.UNKNOWN, Outcome.APPLIED), strict=True
        ):
            code = StatusCode(int(row[0]))
            assert may_repeat(code, outcome, 0) is Repetition(words)
            assert may_repeat(code, outcome, 100) is Repetition(words)
            assert may_repeat(code, outcome, -1) is Repetition.NEVER


def test_status_codes_and_outcomes_are_those_of_the_registry() -> None:
    assert ranges("status codes and outcomes") == [[*StatusCode], [*Outcome]]
    (words,) = [row[2] for row in rows("### 6.3") if row[0] == "outcome"]
    assert words == ", ".join(f"{outcome.value} {outcome.name}" for outcome in Outcome)


def test_the_flags_of_a_response() -> None:
    (words,) = [row[2] for row in rows("### 6.3") if row[0] == "response flags"]
    assert re.findall(r"(0x\d\d) ([A-Z]+)", words) == [
        (f"0x{Response(replayed=True).encode()[2]:02}", "REPLAYED")
    ]


def test_codes_that_refuse_or_end_a_connection() -> None:
    for heading, codes in (("### 4.3", RefusedCode), ("### 5.2", GoAwayCode)):
        assert [(int(row[0]), row[1]) for row in numbered(heading)] == [
            (code.value, code.name) for code in codes
        ]
    assert ranges("REFUSED and GOAWAY codes") == [[*RefusedCode], [*GoAwayCode]]


def test_limits_have_their_names_and_defaults() -> None:
    module = returns_client.limits
    stated = {snake(row[0]): int(row[1]) for row in rows("## 9.") if row[1].isdigit()}
    known = {field.name: field.default for field in dataclasses.fields(Limits)}
    known |= {name.lower(): value for name, value in vars(module).items() if name.isupper()}
    bounds = {name: known.pop(name) for name in list(known) if name.endswith(("_floor", "_ceiling"))}
    assert stated == known
    # "HELLO, 65536 to 16777216"
    permitted = {}
    for row in rows("## 9."):
        if bound := re.search(r"(\d+) to (\d+)", row[3]):
            permitted[snake(row[0]).replace("max", "floor")] = int(bound[1])
            permitted[snake(row[0]).replace("max", "ceiling")] = int(bound[2])
    assert permitted == bounds


def test_every_row_of_malformed_input_is_known_by_its_name() -> None:
    stated = {row[0]: row[1].lower() for row in rows("## 10") if re.fullmatch(r"M\d+", row[0])}
    assert {row.value: row.name.replace("_", "").lower() for row in Row} == stated


@pytest.mark.parametrize("row", Row)
def test_every_row_of_malformed_input_costs_what_it_says(row: Row) -> None:
    (server, client) = next(cells[3:5] for cells in rows("## 10") if cells[0] == row.value)
    connection, call = ConnectionViolation(row), CallViolation(row)
    costs = {
        "GOAWAY": connection.go_away,
        "REFUSED": connection.refused,
        "RESPONSE": call.status_of_server,
        "call fails": call.status_of_client,
    }
    for cell in (server, client):
        if found := re.fullmatch(r"(GOAWAY|REFUSED|RESPONSE|call fails) (\w+)", cell):
            assert costs[found[1]].name == found[2]
        else:
            assert cell in ("–", "close", "HTTP 400"), cell


def taken(frame_type: int, flags: int, length: int, stream: int) -> bool:
    """Whether somebody who may get a frame of this type takes the header."""
    receivers = [role for role in Role if frame_type not in foreign(role)]
    rules = HeaderRules(
        receivers[0], Limits().frame_payload_bytes_max, sum(FEATURES.values()), handshake_done=False
    )
    # After the handshake the frames of it are taken no more, and larger ones are.
    rules.handshake_done = frame_type not in (FrameType.HELLO, FrameType.HELLO_ACK, FrameType.REFUSED)
    try:
        return check_header(FrameHeader(length, frame_type, flags, 0, stream), rules)
    except ConnectionViolation:
        return False


def foreign(receiver: Role) -> set[int]:
    sender = {Role.SERVER: "client", Role.CLIENT: "server"}[receiver]
    return {int(row[0], 0) for row in numbered("### 3.2") if row[2] not in (sender, "both")}


FIXED = {FrameType.PING: 8, FrameType.PONG: 8, FrameType.CREDIT: 4, FrameType.CANCEL: 1}
WITH_MESSAGE = (FrameType.REQUEST, FrameType.MESSAGE, FrameType.RESPONSE)


def test_types_have_their_numbers_senders_streams_and_lengths() -> None:
    table = numbered("### 3.2")
    assert [(int(row[0], 0), row[1]) for row in table] == [(each.value, each.name) for each in FrameType]
    assert list(itertools.chain(*ranges("frame types"))) == [*FrameType]
    for number, _, sender, stream, bound in table:
        frame_type = FrameType(int(number, 0))
        usual = frames.END | frames.HAS_MESSAGE if frame_type in WITH_MESSAGE else 0
        length = FIXED.get(frame_type, 0)
        on = int(frame_type >= FrameType.REQUEST)
        assert taken(frame_type, usual, length, 0) == (stream != "not 0")
        assert taken(frame_type, usual, length, 1) == (stream != "0")
        relation, limit = bound.split(" ")
        if relation == "=":
            assert [n for n in range(20) if taken(frame_type, usual, n, on)] == [int(limit)]
        else:
            known = getattr(Limits(), snake(limit), None) or getattr(
                returns_client.limits, snake(limit).upper()
            )
            assert taken(frame_type, usual, known, on)
            assert not taken(frame_type, usual, known + 1, on)
        for role in Role:
            rules = HeaderRules(role, 65_536, 0)
            header = FrameHeader(length, frame_type, usual, 0, on)
            if role.value == sender:
                with pytest.raises(ConnectionViolation) as raised:
                    check_header(header, rules)
                assert raised.value.row is Row.TYPE_NOT_FOR_ROLE
            else:
                assert check_header(header, rules)


def test_flags_have_their_bits_and_stand_where_they_may() -> None:
    table = numbered("### 3.3")
    assert {row[1]: int(row[0], 0) for row in table} == FLAGS
    head = next(row for row in rows("### 3.3") if row[0] == "Type")
    allowed = {row[0]: row for row in rows("### 3.3") if len(row) == len(head) and row is not head}
    for frame_type in FrameType:
        row = allowed.get(frame_type.name, allowed["all others"])
        length = FIXED.get(frame_type, 0)
        on = int(frame_type >= FrameType.REQUEST)
        found = [flags for flags in range(256) if taken(frame_type, flags, length, on)]
        stated = {FLAGS[name] for name, cell in zip(head[1:], row[1:], strict=True) if cell == "yes"}
        assert {1 << bit for bit in range(8) if any(flags >> bit & 1 for flags in found)} == stated, (
            frame_type
        )


def test_features_have_their_bits() -> None:
    assert {row[1]: int(row[0], 0) for row in numbered("### 8.2")} == FEATURES
    assert [1 << bit for bit in ranges("features")[0]] == sorted(FEATURES.values())


def test_credential_kinds_have_their_numbers() -> None:
    (words,) = [row[2] for row in rows("### 4.1") if row[0] == "credential kind"]
    prefix = "CREDENTIAL_"
    known = {
        name.removeprefix(prefix): value
        for name, value in vars(handshake).items()
        if name.startswith(prefix) and name != "CREDENTIAL_BYTES_MAX"
    }
    assert {name: int(number) for number, name in re.findall(r"(\d) ([A-Z]+)", words)} == known
    assert ranges("credential kinds") == [sorted(known.values())]
