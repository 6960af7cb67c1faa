"""Personal data made of strings that occur nowhere else, looked for where it must not be (R23)."""

import subprocess

import pytest
from harness import outbox
from harness.command import FAILED
from harness.desk import MUG

CANARY = "canary7f3a"
CONTACT = {
    "name": f"Zoë {CANARY}-name",
    "phone": f"+44 {CANARY}-phone",
    "email": f"{CANARY}-mail@example.org",
    "address": f"1 {CANARY}-home Street",
}
FREE_TEXT = f"my aunt {CANARY}-text broke it"
ANSWER = f"it was {CANARY}-answer"
PICKUP = f"2 {CANARY}-pickup Street"
NOTE = f"{CANARY}-note rang twice"
COMMENTS = f"{CANARY}-comments was friendly"
APPEAL = f"{CANARY}-appeal does not agree"
QUESTION = f"Is {CANARY}-question the one who broke it?"
REFERENCE = f"@{CANARY}-reference"
ALL = [QUESTION, REFERENCE, *CONTACT.values(), FREE_TEXT, ANSWER, PICKUP, NOTE, COMMENTS, APPEAL]


def withheld(answer):
    return [each["group"].removeprefix("FIELD_GROUP_").lower() for each in answer.json["case"]["withheld"]]


@pytest.fixture(scope="module")
def redis(module_world):
    return module_world.redis()


@pytest.fixture(scope="module")
def server(module_world, redis):
    # The talkative level: what is logged only for debugging counts too.
    return module_world.server("--redis", redis.url, "--log-level", "trace", "--metrics", "127.0.0.1:0")


@pytest.fixture(scope="module")
def case(desk):
    """A case that every kind of personal data went into, on its way to the end."""
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 1), contact=CONTACT, freeText=FREE_TEXT, intakeReference=REFERENCE)
    case.step("service-1", "request-info", "--question", QUESTION)
    case.step("channel", "provide-info", "--answer", ANSWER)
    case.step(
        "service-1", "reject", "--code", "broken", "--reason", "broken by hand", "--alternative", "repair"
    )
    case.tell()
    case.step("channel", "appeal", "--reason", APPEAL)
    case.approve("service-2")
    case.step("logistics", "pickup schedule", "--from", "+24h", "--until", "+26h", "--address", PICKUP)
    case.step(
        "logistics",
        "pickup result",
        "collected",
        "--carrier",
        "DHL",
        "--tracking-no",
        "W-1",
        "--waybill",
        desk.paper("waybill"),
    )
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    case.refund_all()
    case.tell()
    case.step("service-1", "note", NOTE)
    case.step("service-1", "follow-up", "--reached", "--comments", COMMENTS)
    case.step("service-1", "close", state="closed")
    return case


def seen_by(desk, who, case):
    return desk[who].done("case", "get", case.id).out + desk[who].done("case", "timeline", case.id).out


@pytest.mark.parametrize("who", ["service-1", "supervisor"])
def test_whoever_talks_to_the_customer_sees_it(desk, case, who):
    seen = seen_by(desk, who, case)
    assert [text for text in ALL if text not in seen] == []
    assert "withheld" not in seen


def test_the_channel_sees_it_but_for_what_the_desk_writes_for_itself(desk, case):
    seen = seen_by(desk, "channel", case)
    assert [text for text in ALL if text not in seen] == [NOTE]
    assert "FIELD_GROUP_DESK_PERSONAL" in seen


@pytest.mark.parametrize("who", ["warehouse", "finance", "stock-taker"])
def test_others_see_that_there_is_something_and_not_what(desk, case, who):
    seen = seen_by(desk, who, case)
    assert CANARY not in seen
    assert "FIELD_GROUP_PERSONAL" in seen
    assert CANARY not in desk[who].done("case", "list", "--order", case.order).out
    answer = desk[who].done("case", "get", case.id)
    assert "contact" not in answer.json["case"] and withheld(answer) == ["logistics", "personal"]
    shown = desk[who].done("case", "get", case.id, output="table").out
    assert "withheld    the customer's data: not for your roles" in shown


def test_replies_to_steps_are_masked_too(desk):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1), contact=CONTACT, freeText=FREE_TEXT)
    assert CANARY not in desk["warehouse"].done("case", "note", case.id, "a dent in the box").out
    assert CANARY not in desk["finance"].done("case", "note", case.id, "seen").out


def test_logistics_sees_where_to_pick_up_and_no_more(desk, case):
    read = desk["logistics"].done("case", "get", case.id)
    assert [place["address"] for place in read.json["case"]["pickupPlaces"]] == [PICKUP]
    assert withheld(read) == ["personal"]
    assert [text for text in ALL if text in read.out and text != PICKUP] == []


MISTAKES = {
    "too long": {"freeText": f"{CANARY}-long " * 400},
    "a control character": {"contact": {"name": f"{CANARY}-bell\u0007"}},
    "an address too long": {"contact": {"address": f"{CANARY}-road " * 60}},
    "an unknown reason beside it": {"contact": CONTACT, "freeText": FREE_TEXT, "reasonCode": "none"},
}


@pytest.mark.parametrize("name", MISTAKES)
def test_errors_do_not_repeat_it(desk, name):
    order = desk.order((MUG, 1, 1000))
    answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form(order, ("1", 1), **MISTAKES[name]))
    assert answer.status == FAILED, answer
    assert CANARY not in answer.err and answer.out == "", answer


@pytest.mark.parametrize(
    ("who", "verb", "flag"),
    [
        ("service-1", "note", []),
        ("channel", "appeal", ["--reason"]),
        ("channel", "provide-info", ["--answer"]),
    ],
)
def test_errors_of_steps_do_not_repeat_it(desk, case, who, verb, flag):
    for text in (f"{CANARY}-long " * 400, f"{CANARY}\u0007"):
        answer = desk[who]("case", verb, case.id, *flag, text)
        assert answer.status != 0, answer
        assert CANARY not in answer.err and answer.out == "", answer


def test_it_is_in_no_log_no_event_and_no_key(desk, case, server, redis):
    desk.admin.done("admin", "verify-indexes")
    desk.admin.done("sla", "sweep")
    keys = redis.cli("KEYS", "*")
    assert f"case:{case.id}" in keys
    events = "".join(str(event) for event in outbox.events(redis))
    assert case.id in events and "EVENT_TYPE_NOTIFICATION_REQUESTED" in events
    log = server.log + "\n".join(server.lines)
    assert "listening" in log
    listings = "".join(
        redis.cli("ZRANGE", key, "0", "-1")
        for key in keys.splitlines()
        if ":index:" in key or "}:deadlines" in key
    )
    assert case.id in listings
    metrics = server.http("/metrics")[1]
    assert 'method="SubmitCase",code="OK"' in metrics
    places = {"a key": keys, "an event": events, "the log": log, "a listing": listings, "a metric": metrics}
    for where, text in places.items():
        assert CANARY not in text, f"personal data in {where}"
    # The made-up data is in the store at all, or the search would prove nothing.
    grep = subprocess.run(
        ["grep", "-rac", CANARY, str(redis.directory / "appendonlydir")], capture_output=True, text=True
    )
    assert any(int(line.rpartition(":")[2]) for line in grep.stdout.splitlines()), grep


def test_tokens_are_in_no_log_and_not_in_the_store(desk, server, redis):
    secrets = [file.read_text().strip() for file in [server.token_file, *desk.folder.iterdir()]]
    assert len(secrets) > 5 and all(len(secret) > 20 for secret in secrets)
    kept = server.log + "\n".join(server.lines) + (server.data / "principals.json").read_text()
    for file in (redis.directory / "appendonlydir").iterdir():
        kept += file.read_bytes().decode("latin-1")
    assert [secret[:8] for secret in secrets if secret in kept] == []
