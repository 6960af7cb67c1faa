"""The store's outbox, read past the server: what happened is counted where consumers will find it."""

import json

COUNT = """
local count = 0
for _, key in ipairs(redis.call('KEYS', '*}:outbox')) do count = count + redis.call('XLEN', key) end
return count
"""


def numbered(redis):
    """Every event of every partition, as a mapping of its fields, by the id that clients know it by."""
    found = {}
    for key in redis.cli("KEYS", "*}:outbox").splitlines():
        partition = key[1 : key.index("}")]
        for position, fields in json.loads(redis.cli("--json", "XRANGE", key, "-", "+")):
            found[f"{partition}-{position}"] = dict(zip(fields[::2], fields[1::2], strict=True))
    return found


def events(redis):
    """The same without the ids."""
    return list(numbered(redis).values())


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
