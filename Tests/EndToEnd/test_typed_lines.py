"""What documents, hints and errors tell people to type can be typed: each
command and flag is one that the programs have."""

import re

import pytest
from harness.typed_lines import ROOT, Line, Parser, flags, lines, texts

# Of other programs: redis-server, redis-check-aof, protoc, systemctl, useradd, scripts/bench, scripts/test.
OTHERS = {
    *[
        "--aof-load-truncated",
        "--appendfsync",
        "--appendonly",
        "--daemonize",
        "--dir",
        "--logfile",
        "--maxmemory-policy",
        "--pidfile",
        "--port",
    ],
    *["--unixsocket", "--unixsocketperm", "--fix", "--include_imports", "--descriptor_set_out", "--now"],
    *["--home-dir", "--shell", "--system", "--abuse", "--deadlines", "--smoke", "--tests"],
    # What --changed-since was before.
    "--updated-since",
}


@pytest.fixture(scope="module")
def programs(returnsctl, returnsd):
    return {"returnsctl": Parser.of(returnsctl), "returnsd": Parser.of(returnsd)}


def test_every_line_that_is_to_be_typed_can_be_typed(programs):
    found = list(lines(programs))
    wrong = [
        f"{line.place}: {' '.join(line.words)}: {problem}"
        for line in found
        if (problem := programs[line.words[0]].problem(line))
    ]
    assert not wrong, "\n".join(wrong)
    # Of every kind of text.
    for place, least in {
        "RUNBOOK.md": 30,
        "README.md": 10,
        "deploy/": 3,
        "Sources/": 10,
        "clients/cli": 30,
    }.items():
        assert sum(line.place.startswith(place) for line in found) >= least, place


def test_every_flag_that_is_named_is_one(programs):
    known = OTHERS.union(*(parser.every_option() for parser in programs.values()))
    wrong = sorted({f"{place}: {flag}" for place, flag in flags() if flag not in known})
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("line", "is_alone", "problem"),
    [
        ("returnsctl admin verify-indexes --repair", True, None),
        ("returnsctl admin verify-indexes --mend", True, "--mend is no option"),
        ("returnsctl --yes admin verify --repair", True, "verify is no command"),
        ("returnsctl case get ID and more", False, None),
        ("returnsctl case get ID and more", True, "and is one word too many"),
        ("returnsctl case list --changed-since TIME' lists", False, None),
        ("returnsctl --repair admin info", True, "--repair is no option"),
        ("returnsd --redis URL --check", True, None),
        ("returnsd --force", True, "--force is no option"),
    ],
)
def test_a_line_that_cannot_be_typed_is_found(programs, line, is_alone, problem):
    words = line.split()
    assert programs[words[0]].problem(Line("here", words, is_alone)) == problem


def test_a_hint_names_the_program_too(programs):
    verbs = "|".join(
        verb for noun in programs["returnsctl"].subcommands.values() for verb in noun.subcommands
    )
    bare = re.compile(rf"; (run|type):? ({verbs})\b")
    wrong = [f"{text.place}: {text.text}" for text in texts() if not text.is_code and bare.search(text.text)]
    assert not wrong, "\n".join(wrong)


def test_every_section_of_the_runbook_that_is_named_is_there():
    runbook = (ROOT / "RUNBOOK.md").read_text()
    sections = set(re.findall(r"^## (.*)$", runbook, re.MULTILINE))
    named = [name for text in texts() for name in re.findall(r'RUNBOOK\.md, "([^"]+)"', text.text)]
    # The last cell of a row, of alerts and of what a server says.
    rows = [row.split("|")[-2] for row in runbook.splitlines() if row.startswith("|")]
    named += [name for cell in rows for name in re.findall(r'"([^"]+)"', cell)]
    assert len(named) >= 20 and set(named) <= sections, set(named) - sections
