"""Mistaken steps and mistyped command lines: the right exit status, a clear message, and nothing changed."""

import pytest
from harness.command import CONFLICT, DONE, FAILED, NOT_ALLOWED, NOT_FOUND, UNAVAILABLE, USAGE, assert_refused
from harness.desk import MUG
from harness.steps import ADDRESS

# A server that serves on is part of what each of these tests shows.
pytestmark = pytest.mark.usefixtures("serves_afterwards")


@pytest.fixture(scope="module")
def server(module_world):
    return module_world.server(listen="127.0.0.1:0")


@pytest.fixture
def case(desk):
    return desk.open(desk.order((MUG, 2, 1000)), ("1", 1))


# Steps


def test_amounts_that_are_none(desk, case):
    for amount in ("-5", "1.234", "a lot", "99999999999999999999"):
        answer = desk["finance"]("case", "refund", case.id, f"--amount={amount}")
        assert_refused(answer, USAGE, amount)


def test_over_long_note(desk, case):
    answer = desk["service-1"]("case", "note", case.id, "x" * 4_001)
    assert_refused(answer, FAILED, "text: ", "[TEXT_TOO_LONG]", "at most 4000 bytes; this has 4001")
    desk["service-1"].done("case", "note", case.id, "x" * 4_000)


def test_wrong_state(desk, case):
    answer = case.refused("warehouse", "inspect", "--line", "1:accept=1")
    assert_refused(
        answer,
        CONFLICT,
        "allowed now: verify, request_info, reject",
        "type next:",
        f"returnsctl case verify {case.id}",
    )


def offered(answer):
    """The lines to type next, without where they go and the roles behind them."""
    lines = answer.err.partition("type next:\n")[2].splitlines()
    return [line.partition(" --server")[0].split() for line in lines if line.startswith("    returnsctl ")]


def test_the_papers_that_closing_lacks_are_what_to_type_next(desk, case, tmp_path):
    for who, verb, *arguments in [
        ("service-1", "verify"),
        ("service-1", "approve", *ADDRESS),
        ("service-1", "told", "--channel", "sms"),
        ("warehouse", "receive", "--all", "--by-hand"),
    ]:
        case.step(who, verb, *arguments)
    # All that was awaited is here: nobody is sent to receive it once more.
    verbs = [words[2] for words in offered(case.refused("service-1", "verify"))]
    assert "inspect" in verbs and "receive" not in verbs
    for who, verb, *arguments in [
        ("warehouse", "inspect", "--accept-all"),
        ("finance", "refund"),
        ("finance", "refund-result", "succeeded", "--voucher", "V-1"),
        ("service-1", "told", "--channel", "sms"),
        ("service-1", "follow-up", "--reached"),
    ]:
        case.step(who, verb, *arguments)
    paper = tmp_path / "paper"
    paper.write_text("a paper")
    lines = offered(case.refused("service-1", "close", reason="NOT_COMPLETE"))
    assert [words[5] for words in lines] == ["signed_receipt", "inspection_report", "refund_voucher"]
    for words in lines:
        assert words[:5] == ["returnsctl", "case", "attach", case.id, "--type"] and words[-1] == "FILE"
        case.step("supervisor", "attach", *words[4:-1], str(paper))
    case.step("service-1", "close", state="closed")


def test_stale_version(desk, case):
    case.step("service-1", "verify", "--expected-version", "1")
    answer = case.refused("service-1", "approve", "--expected-version", "1", reason="STALE_VERSION")
    assert_refused(answer, CONFLICT, "version 2, not 1", "look at it again")
    case.step("service-1", "approve", *ADDRESS, "--expected-version", "2", state="approved")


def test_wrong_role(desk, case):
    answer = case.refused("finance", "verify", reason="ROLE_REQUIRED", status=NOT_ALLOWED)
    assert_refused(answer, NOT_ALLOWED, "one of the roles service, supervisor", "--token-file")
    assert_refused(
        desk["service-1"]("admin", "verify-indexes"), NOT_ALLOWED, "[ROLE_REQUIRED]", "the role admin"
    )


def test_case_id_with_a_typo(desk, case):
    # Another letter in one place, and two neighbours swapped: the check character finds both.
    wrong = ("0" if case.id[5] != "0" else "1").join([case.id[:5], case.id[6:]])
    for typo in (wrong, case.id[:-1], "not-an-id"):
        answer = desk["service-1"]("case", "get", typo)
        assert_refused(answer, FAILED, "case_id: ", "[CASE_ID_MALFORMED]", "look for a typo")
        assert_refused(desk["service-1"]("case", "verify", typo), FAILED, "case_id: ", "look for a typo")
    # As people say it: small letters, with hyphens.
    spoken = "-".join([case.id[:4], case.id[4:8], case.id[8:12], case.id[12:]]).lower()
    assert desk["service-1"].done("case", "get", spoken).json["case"]["id"] == case.id


def test_case_that_does_not_exist(desk, world):
    # A well-formed id of another store.
    other = world.desk(world.server())
    stranger = other.open(other.order((MUG, 1, 1000)), ("1", 1))
    for arguments in (["get"], ["timeline"], ["allowed"], ["verify"]):
        answer = desk["service-1"]("case", *arguments, stranger.id)
        assert_refused(answer, NOT_FOUND, "[CASE_UNKNOWN]", "check the id")
    assert_refused(desk.admin("order", "get", "none-such"), NOT_FOUND, "[ORDER_UNKNOWN]")


def test_request_id_that_was_used_for_something_else(desk, case):
    request_id = "0123456789abcdef" * 2
    first = case.step("service-1", "note", "called the customer", "--request-id", request_id)
    again = case.step("service-1", "note", "called the customer", "--request-id", request_id)
    assert first["version"] == again["version"], "a replay is not a second note"
    before = case.everything()
    answer = desk["service-1"]("case", "note", case.id, "something else", "--request-id", request_id)
    assert case.everything() == before
    # It was carried out: a new id is what nobody should be sent for.
    assert_refused(answer, CONFLICT, "was carried out already", f"returnsctl case timeline {case.id}")
    assert "use a new one" not in answer.err


# The command line and the connection


@pytest.mark.parametrize(
    "arguments",
    [
        ["case", "aprove", "X"],
        ["case", "get"],
        ["case", "list", "--state", "lost"],
        ["case", "get", "X", "--colour"],
        ["case", "list", "--limit", "0"],
        ["case", "list", "--order", "1", "--channel", "a", "--channel", "b"],
        ["sla", "due", "--before", "soon"],
        ["order", "import", "no-such-file"],
        ["case", "pickup", "result", "X", "perhaps"],
        ["sla"],
        ["case", "note", "X", "two", "words"],
    ],
    ids=" ".join,
)
def test_usage(desk, arguments):
    answer = desk.admin(*arguments)
    assert answer.status == USAGE, answer
    assert answer.out == "" and answer.err != "", answer


def test_a_misspelt_verb_is_answered_with_the_nearest(desk):
    assert_refused(desk.admin("case", "aprove", "X"), USAGE, "did you mean: returnsctl case approve")
    answer = desk.admin("case", "note", "X", "two", "words")
    assert 'returnsctl case note ID "TWO WORDS"' in answer.err, answer


def test_wrong_token(desk, world):
    file = world.path / "token"
    file.write_text("rtk_" + "0" * 64 + "\n")
    answer = desk.admin.with_token(file)("ping")
    assert_refused(answer, NOT_ALLOWED, "UNAUTHENTICATED", "--token-file", "--server ADDRESS")
    assert "--new-admin-token" not in answer.err, answer
    # The one that a returnsd here wrote, as after a restore: there may be no other administrator to ask.
    local = file.rename(file.with_name("admin.token"))
    answer = desk.admin.with_token(local)("ping")
    assert_refused(answer, NOT_ALLOWED, "UNAUTHENTICATED", f"{local} holds no token of this server's")
    # The address may be the wrong one: it is named before anything is made anew.
    wrong, new = (
        answer.err.index(words) for words in ("was asked; a token is", "returnsd --new-admin-token")
    )
    assert wrong < new and "if you meant another one: --server ADDRESS" in answer.err, answer
    assert "returnsd --new-admin-token" in answer.err, answer
    missing = desk.admin.with_token(world.path / "none")("ping")
    assert_refused(missing, NOT_ALLOWED, "does not exist", "--token-file")


def test_a_cursor_file_that_holds_none(desk, world):
    file = world.path / "cursor"
    for content in ("rubbish", "", "x" * 300_000):
        file.write_text(content)
        answer = desk.admin("event", "tail", "--cursor-file", file, "--no-follow", output="jsonl")
        assert_refused(answer, USAGE, str(file), "remove the file, and say where to begin with --from")
    # What it holds is not known then: nobody is told to remove it.
    answer = desk.admin("event", "tail", "--cursor-file", world.path, "--no-follow", output="jsonl")
    assert_refused(answer, USAGE, f"{world.path} cannot be read")
    assert "remove" not in answer.err, answer


def test_revoked_token(desk, world):
    file = world.path / "token"
    desk.admin.done("principal", "create", "temp-1", "--role", "service", "--save", file)
    temporary = desk.admin.with_token(file)
    temporary.done("ping")
    desk.admin.done("principal", "revoke", "temp-1", "--yes")
    assert_refused(temporary("ping"), NOT_ALLOWED, "UNAUTHENTICATED")


def test_nobody_listens(desk, world):
    server = world.server(listen="127.0.0.1:0")
    ctl = world.ctl(server)
    ctl.done("ping")
    server.end()
    # A server that is down, and a port on which there never was one: the token file is still there.
    for address in (server.address, f"unix:{world.path}/none.sock"):
        answer = ctl.at(address)("--timeout", "3s", "ping")
        assert_refused(answer, UNAVAILABLE, "UNAVAILABLE")
        assert address in answer.err, answer


def test_port_of_something_else(desk, world):
    redis = world.redis("--port", "0")
    answer = desk.admin.at(f"unix:{redis.socket}")("--timeout", "3s", "ping")
    assert_refused(answer, UNAVAILABLE, "RCP")


def test_help_is_data_and_a_success(desk):
    answer = desk.admin("case", "--help", output=None)
    assert answer.status == DONE and "SUBCOMMANDS" in answer.out and answer.err == "", answer
