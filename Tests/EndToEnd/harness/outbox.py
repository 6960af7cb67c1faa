"""The store's outbox, read past the server: what happened is counted where consumers will find it."""

import json

from returns_client import returns_v1 as v1

COUNT = """
local count = 0
for _, key in ipairs(redis.call('KEYS', '*}:outbox')) do count = count + redis.call('XLEN', key) end
return count
"""

# Bytes that are no text do not come through redis-cli.
READ = """
local found = {}
for number, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  local hex = string.gsub(entry[2][2], '.', function(c) return string.format('%02x', string.byte(c)) end)
  found[number] = { entry[1], hex }
end
return found
"""


def kind_word(number):
    """An event's type, or a timeline entry's kind, as people call it: refund_succeeded."""
    return v1.EventType.Name(number).removeprefix("EVENT_TYPE_").lower()


def kind_of(fields):
    """The same of what returnsctl's JSON or a webhook tells: of an event, a delivery or an entry."""
    return (fields.get("type") or fields["kind"]).removeprefix("EVENT_TYPE_").lower()


def numbered(redis):
    """Every event of every partition, by the id that clients know it by."""
    found = {}
    for key in redis.cli("KEYS", "*}:outbox").splitlines():
        partition = key[1 : key.index("}")]
        for position, data in json.loads(redis.cli("--json", "EVAL", READ, "1", key)):
            found[f"{partition}-{position}"] = v1.Event.FromString(bytes.fromhex(data))
    return found


def events(redis):
    """The same without the ids."""
    return list(numbered(redis).values())


def count(redis):
    """How many events there are; quick enough to be asked again and again."""
    return int(redis.cli("EVAL", COUNT, "0"))


FIRED = (v1.EVENT_TYPE_CLOCK_WARNED, v1.EVENT_TYPE_CLOCK_BREACHED, v1.EVENT_TYPE_CLOCK_ESCALATED)


def firings(redis, case=None):
    """(case, clock, ordinal, kind, level) of every firing."""
    return [
        (
            event.case_id,
            clock_word(event),
            event.clock.ordinal,
            kind_word(event.type),
            event.clock.alert.level,
        )
        for event in events(redis)
        if event.type in FIRED and case in (None, event.case_id)
    ]


def clock_word(event):
    return v1.ClockKind.Name(event.clock.kind).removeprefix("CLOCK_KIND_").lower()
