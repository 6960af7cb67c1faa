"""The store's outbox, read past the server: what happened is counted where consumers will find it."""

import json

COUNT = """
local count = 0
for _, key in ipairs(redis.call('KEYS', '*}:outbox')) do count = count + redis.call('XLEN', key) end
return count
"""


def events(redis):
    """Every event of every partition, as a mapping of its fields."""
    found = []
    for key in redis.cli("KEYS", "*}:outbox").splitlines():
        entries = json.loads(redis.cli("--json", "XRANGE", key, "-", "+"))
        found += [dict(zip(fields[::2], fields[1::2], strict=True)) for _, fields in entries]
    return found


def count(redis):
    """How many events there are; quick enough to be asked again and again."""
    return int(redis.cli("EVAL", COUNT, "0"))


def firings(redis, case=None):
    """(case, clock, ordinal, kind, level) of every firing."""
    return [
        (event["case"], event["clock"], event["ordinal"], event["type"], event["level"])
        for event in events(redis)
        if event["type"] in ("clock_warned", "clock_breached", "clock_escalated")
        and case in (None, event["case"])
    ]
