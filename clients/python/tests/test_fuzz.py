"""Whatever bytes come, a machine answers with actions: it never raises, and never holds more than it may."""

from __future__ import annotations

import random
from typing import Any

import pytest
from vectors import FIXTURE, Transcript, load, unhex

from returns_client.wire import actions as a
from returns_client.wire.machine import State

CASES_OF_EACH_STATE = 120
RECEIVED = [
    (vector["role"], unhex(step["receive"]))
    for vector in load("accepted.json") + load("malformed.json")
    for step in vector["steps"]
    if "receive" in step
]
STATES = [(role, given) for role, states in FIXTURE["given"].items() for given in states]


def mutated(chance: random.Random, data: bytes) -> bytes:
    """The bytes with a few of them changed, removed, or repeated."""
    result = bytearray(data)
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        if not result:
            break
        at = chance.randrange(min(len(result), 64))
        match chance.randrange(4):
            case 0:
                result[at] = chance.randrange(256)
            case 1:
                result[at] ^= 1 << chance.randrange(8)
            case 2:
                del result[at : at + chance.randrange(1, 5)]
            case _:
                result[at:at] = result[at : at + chance.randrange(1, 20)]
    return bytes(result)


@pytest.mark.parametrize(("role", "given"), STATES, ids=lambda value: str(value))
def test_mutations_of_the_vectors(role: str, given: str) -> None:
    chance = random.Random(f"{role} {given}")
    pool = [data for of, data in RECEIVED if of == role and len(data) < 5_000]
    for _ in range(CASES_OF_EACH_STATE):
        transcript = Transcript(role, given)
        machine = transcript.machine
        limit = FIXTURE[f"{role}_held_bytes_max"]
        for _ in range(4):
            data = mutated(chance, chance.choice(pool))
            while data and machine.state is not State.CLOSED:
                count = chance.choice([1, 5, 12, len(data)])
                actions, data = machine.receive(data[:count], transcript.now), data[count:]
                assert machine.held_bytes <= limit
                transcript.raw += actions
                react(chance, transcript, actions)
        finish(transcript)


def react(chance: random.Random, transcript: Transcript, actions: list[a.Action]) -> None:
    """What a driver may do next: readers take messages, credentials are accepted."""
    for action in actions:
        if isinstance(action, a.Deliver) and chance.random() < 0.7:
            transcript.raw += transcript.machine.take_message(action.stream)
        if isinstance(action, a.Authenticate):
            transcript.step({"event": "authenticated"})


def finish(transcript: Transcript) -> None:
    closes = [action for action in transcript.raw if isinstance(action, a.Close)]
    if transcript.machine.state is State.CLOSED:
        assert len(closes) == 1
        assert isinstance(transcript.raw[-1], a.Close)
    else:
        assert not closes
    ended: list[Any] = transcript.machine.transport_ended()
    assert bool(ended) == (not closes)
    assert transcript.machine.receive(b"\0" * 24, 0) == []
