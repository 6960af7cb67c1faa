"""Kinds, states and the like stand in the .proto files once; the domain's are written from there."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Of the access file, where words are all that is kept.
BY_HAND = re.compile(r"enum (\w+)\s*:[^{\n]*\bNamedCode\b")


def test_no_enumeration_of_the_protocol_is_written_by_hand():
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "Sources").rglob("*.swift")
        if path.parent.name != "Generated"
        for name in BY_HAND.findall(path.read_text())
    }
    assert not found, "state it in a .proto file with option (rcp.plain): " + ", ".join(sorted(found))
