"""The store's outbox, read past the server: what happened is counted where consumers will find it."""

import json

COUNT = "local n = 0; for _, k in ipairs(redis.call('KEYS', '*}:outbox')) do n = n + redis.call('XLEN', k) end; return n"


def events(redis):
    """Every event of every partition, as a mapping of its fields."""
    found = []
    for key in redis.cli("KEYS", "*}:outbox").splitlines():
        for _, fields in json.loads(redis.cli("--json", "XRANGE", key, "-", "+")):
            found.append(dict(zip(fields[::2], fields[1::2])))
    return found


def count(redis):
    """How many events there are; quick enough to be asked again and again."""
    return int(redis.cli("EVAL", COUNT, "0"))


def firings(redis, case=None):
    """(case, clock, ordinal, kind, level) of every firing."""
    return [
        (event["case"], event["clock"], event["ordinal"], event["type"], event["level"])
        for event in events(redis)
        if event["type"] in ("clock_warned", "clock_breached", "clock_escalated") and case in (None, event["case"])]
