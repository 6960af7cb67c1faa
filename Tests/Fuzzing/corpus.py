#!/usr/bin/env python3
"""The fuzzers' corpus: one file a target, each input as a line of hexadecimal, so
that it can be read, compared and committed.

corpus.py seed TARGET FOLDER     writes inputs made from Protocol/vectors into the folder
corpus.py unpack TARGET FOLDER   writes the committed inputs into the folder
corpus.py pack TARGET FOLDER     makes the folder's files the committed inputs
"""

import hashlib
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parents[1] / "Protocol" / "vectors"
INPUT_BYTES_MAX = 4096
# As in FuzzScript: all features; bit 4: the story greets by itself, or for the decoder, plays the client.
ALL_FEATURES, BIT_4 = 3, 4
EVENTS = {
    "server": {
        "take_message": b"\x08",
        "reply": b"\x07\x05",
        "hello_timeout": b"\x0d\x00",
        "frame_timeout": b"\x0d\x01",
    },
    "client": {"take_message": b"\x09"},
}
METHODS = {0x0101: 0, 0x0102: 1, 0x0103: 2, 0x0104: 3, 0x0105: 4}


def data(text):
    """Bytes of a vector: hexadecimal with runs as bb*count."""
    parts = (re.fullmatch(r"(?:([0-9a-f]{2})\*(\d+))|([0-9a-f]*)", part) for part in text.split())
    return b"".join(
        bytes.fromhex(found[1]) * int(found[2]) if found[1] else bytes.fromhex(found[3]) for found in parts
    )


def steps_of(fixture, vector):
    return fixture["given"][vector["role"]][vector["given"]] + vector["steps"]


def story(steps, role):
    """The steps as FuzzScript reads them, without a greeting of its own."""
    told, clock = bytes([ALL_FEATURES | BIT_4]), 0
    for step in steps:
        if "at_milliseconds" in step:
            passed, clock = step["at_milliseconds"] - clock, step["at_milliseconds"]
            if role == "server":
                told += b"\x0a" + min(passed, 0xFFFF).to_bytes(2, "big")
        if "receive" in step:
            received = data(step["receive"])
            for start in range(0, len(received), 255):
                piece = received[start : start + 255]
                told += bytes([6, len(piece)]) + piece
        if step.get("event") == "open_call":
            told += bytes([7, METHODS[step.get("method", 0x0101)]])
        told += EVENTS[role].get(step.get("event"), b"")
    return told


def seeds(target):
    fixture = json.loads((VECTORS / "fixture.json").read_text())
    for file in ("accepted.json", "malformed.json"):
        for vector in json.loads((VECTORS / file).read_text()):
            steps = steps_of(fixture, vector)
            if target == vector["role"]:
                yield story(steps, target)
            elif target == "decoder":
                role = BIT_4 if vector["role"] == "client" else 0
                yield bytes([ALL_FEATURES | role, 255]) + b"".join(
                    data(step.get("receive", "")) for step in steps
                )


def write(inputs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for content in inputs:
        (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)


def main(verb, target, folder):
    folder, packed = pathlib.Path(folder), HERE / "corpus" / f"{target}.hex"
    if verb == "seed":
        write((content for content in seeds(target) if len(content) <= INPUT_BYTES_MAX), folder)
    elif verb == "unpack":
        write((bytes.fromhex(line) for line in packed.read_text().split()), folder)
    elif verb == "pack":
        packed.parent.mkdir(exist_ok=True)
        packed.write_text(
            "".join(
                sorted(f"{file.read_bytes().hex()}\n" for file in folder.iterdir() if file.stat().st_size)
            )
        )
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*(sys.argv[1:] if len(sys.argv) == 4 else ("", "", "")))
