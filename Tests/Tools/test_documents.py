"""The documents: how wide they are, and that what they name is there.

Tests/EndToEnd/test_typed_lines.py compares the flags and command lines that they name with the programs.
"""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS_MAX = 110
# What holds no document of ours.
SKIPPED = {"node_modules", "__pycache__", "var"}
# Where names of code stand.
CODE = ["Sources", "Protocol", "Tests", "clients", "Examples", "scripts", "deploy"]
CODE_SUFFIXES = {".swift", ".lua", ".proto", ".py", ".json", ".yaml", ".h", ".modulemap", ""}
# A file of the tree, by its beginning or by its end.
FOLDERS = re.compile(rf"^({'|'.join(CODE)})/")
FILES = re.compile(r"^[\w+/.-]+\.(swift|lua|proto|py|md|binpb|ics|service)$")
# A name of code: of a type, or of a type's member, with words of several parts.
NAME = re.compile(r"^(?:[A-Z]\w*[a-z]\w*|[a-z]+[A-Z]\w*)(?:\.\w+)*$")
# A code of an error, a refusal or an enumeration.
CODE_NAME = re.compile(r"^[A-Z0-9]+(_[A-Z0-9]+)+$")
METRIC = re.compile(r"\b(?:returns|rcp)_[a-z]+_[a-z_]+\b")
# Names of variables of the environment are made of settings' names.
OF_ENVIRONMENT = re.compile(r"^RETURNSD?_")
OF_OTHERS = {
    # Their own names for what a document warns of, or compares with.
    "NIOAsyncChannel",
}


def documents():
    """Every Markdown file of the tree."""
    for file in sorted(ROOT.rglob("*.md")):
        parts = file.relative_to(ROOT).parts
        if not any(part.startswith(".") or part in SKIPPED for part in parts):
            yield file


def prose(text):
    """The lines that are neither code nor of a table, with their numbers."""
    is_fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            is_fenced = not is_fenced
        elif not is_fenced and not line.startswith(("    ", "|")):
            yield number, line


def too_wide(text):
    """A line may be wider only for a link, which cannot be broken."""
    for number, line in prose(text):
        if len(line) > COLUMNS_MAX and not re.search(r"\]\([^)]*$|\S{80}", line[:COLUMNS_MAX]):
            yield f"line {number} has {len(line)} columns; {COLUMNS_MAX} are the most"


def spans(text):
    """What stands in backticks, fenced code left out."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"\s+", " ", span) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", text)}


def lost_links(text, folder):
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:|#", target):
            continue
        if not (folder / target.partition("#")[0]).exists():
            yield f"the link to {target} leads nowhere"


def lost_files(text, folder, names):
    """Files and folders in backticks. One without a folder may lie anywhere."""
    for span in sorted(spans(text)):
        word = span.rstrip("/")
        if re.search(r"[*…{<]|\b(X|NAME|DATA|FILE)\b", word) or " " in word:
            continue
        if FOLDERS.match(word) or FILES.match(word):
            places = [ROOT / word, folder / word, ROOT / "Sources" / word]
            if not any(place.exists() for place in places) and pathlib.PurePath(word).name not in names:
                yield f"there is no {word}"
    for script in sorted(set(re.findall(r"(?<![\w/-])scripts/([a-z]+)\b", text))):
        if not (ROOT / "scripts" / script).exists() and not (folder / "scripts" / script).exists():
            yield f"there is no scripts/{script}"


def _is_code(name, words):
    """Values of enumerations begin with the name of the enumeration, which texts leave out."""
    return name in words or any(word.endswith(f"_{name}") for word in words)


def lost_names(text, words, names):
    """Names of code in backticks that stand nowhere in the code."""
    for metric in sorted({name for span in spans(text) for name in METRIC.findall(span)} - words):
        yield f"there is no metric {metric}"
    for span in sorted(spans(text)):
        word = re.sub(r"\(.*\)$", "", span)
        if re.match(r"^\w+\+\w+$", word) and f"{word}.swift" not in names:
            yield f"there is no {word}.swift"
        if CODE_NAME.match(word) and not OF_ENVIRONMENT.match(word) and not _is_code(word, words):
            yield f"no code has the name {word}"
        if not NAME.match(word) or FILES.match(word) or f"{word}.swift" in names or word in OF_OTHERS:
            continue
        lost = [part for part in word.split(".") if part not in words]
        if lost:
            yield f"no code has the name {' and '.join(lost)} of `{span}`"


@pytest.fixture(scope="module")
def names():
    """The names of all files."""
    files = (file for folder in CODE for file in (ROOT / folder).rglob("*") if file.is_file())
    return {file.name for file in files}


@pytest.fixture(scope="module")
def words():
    """The words of all code."""
    found = set()
    for folder in CODE:
        for file in (ROOT / folder).rglob("*"):
            is_code = file.is_file() and file.suffix in CODE_SUFFIXES and "corpus" not in file.parts
            if is_code and not any(part.startswith(".") for part in file.relative_to(ROOT).parts):
                found.update(re.findall(r"\w+", file.read_text(errors="ignore")))
    found.update(re.findall(r"\w+", (ROOT / "Package.swift").read_text()))
    return found


def _about(file):
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", list(documents()), ids=_about)
def test_a_document_names_what_is_there(file, names, words):
    text = file.read_text()
    wrong = [*too_wide(text), *lost_links(text, file.parent)]
    wrong += [*lost_files(text, file.parent, names), *lost_names(text, words, names)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("word " * 30, 1),
        ("| cell | " + "word " * 30 + "|", 0),
        ("    indented " + "word " * 30, 0),
        ("```\n" + "word " * 30 + "\n```", 0),
        ("- [a link](" + "x" * 120 + ")", 0),
    ],
)
def test_a_line_that_is_too_wide_is_found(text, wrong):
    assert len(list(too_wide(text))) == wrong


def test_what_is_not_there_is_found(names, words):
    assert list(lost_links("[a](nowhere.md) [b](README.md) [c](https://example.com)", ROOT)) == [
        "the link to nowhere.md leads nowhere"
    ]
    text = "`Sources/RCPX` and `Nothing.swift`, `Command.swift`, `commit.lua`, scripts/test, scripts/nothing"
    assert list(lost_files(text, ROOT, names)) == [
        "there is no Nothing.swift",
        "there is no Sources/RCPX",
        "there is no scripts/nothing",
    ]
    text = "`CaseEngine.store(for:)`, `CaseEngine.nothingOfTheKind`, `DATA_LOSS`, `NO_CODE`"
    text += ", `rcp_none_total > 1`, `CaseDraft+Clocks`, `CaseDraft+Nothing`"
    # So that this file's own words are not taken for code.
    known = words - {"nothingOfTheKind", "NO_CODE", "rcp_none_total"}
    assert list(lost_names(text, known, names)) == [
        "there is no metric rcp_none_total",
        "there is no CaseDraft+Nothing.swift",
        "no code has the name nothingOfTheKind of `CaseEngine.nothingOfTheKind`",
        "no code has the name NO_CODE",
    ]
