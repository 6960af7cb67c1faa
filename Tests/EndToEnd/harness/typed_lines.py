"""The command lines that texts tell people to type: found in documents and in the programs' own texts, and
compared with what the programs' parsers take."""

import itertools
import json
import pathlib
import re
import subprocess
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOCUMENTS = [
    "README.md", "RUNBOOK.md", "ARCHITECTURE.md", "CHANGELOG.md", "Protocol/SPEC.md", "Protocol/STATES.md",
    "clients/python/README.md", "clients/swift/README.md", "Protocol/vectors/README.md",
    *(str(file.relative_to(ROOT)) for folder in ("Sources", "clients", "Tests")
      for file in sorted((ROOT / folder).rglob("DECISIONS.md"))),
]  # fmt: skip
DEPLOYED = ["deploy/returnsd.service", "deploy/returnsd.yaml"]
SOURCES = ["Sources", "clients/cli", "clients/swift"]
# Read line by line, comments and all.
SCRIPTS = [
    "scripts/*",
    "clients/python/examples/*.py",
    "clients/python/src/returns_client/**/*.py",
    "Protocol/**/*.proto",
]
# What ends a line within a sentence.
_END = re.compile(r"[;,.:)\"'`]+$")


class Line(NamedTuple):
    """What is to be typed, and where that is said."""

    place: str
    words: list[str]
    # Whether nothing else stands beside it, so that every word counts; in a
    # sentence words of the sentence follow.
    is_alone: bool


def _words(text):
    """As a shell parts them."""
    return [word for word in re.findall(r'"[^"]*"|\S+', text) if word not in ("\\", "…")]


def _code(text):
    """Code of a document: what stands in backticks; and in indented or fenced blocks, line by line."""
    fenced = re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^ {4,}(?!- )(\S.*)$", text, re.MULTILINE)
    # A line that goes on is one line.
    blocks += [line for block in fenced for line in block.replace("\\\n", " ").splitlines()]
    return [re.sub(r"\s+", " ", span) for span in re.findall(r"`([^`]+)`", text)], blocks


def _literals(source):
    """Swift's string literals, with X for what is interpolated."""
    found, at = [], 0
    while at < len(source):
        if source.startswith("//", at):
            at = source.find("\n", at) % (len(source) + 1)
        elif source[at] == '"':
            text, at = _literal(source, at)
            found.append(text)
        else:
            at += 1
    return found


def _next_lines(source):
    """What Swift's `NextLine` puts behind the program's name."""
    return [
        _literal(source, call.end())[0] for call in re.finditer(r'NextLine\.returnsctl\(\s*(?=")', source)
    ]


def _literal(source, at):
    quotes = '"""' if source.startswith('"""', at) else '"'
    at += len(quotes)
    text = ""
    while not source.startswith(quotes, at):
        if source.startswith("\\(", at):
            at = _behind_interpolation(source, at + 2)
            text += "X"
        elif source[at] == "\\":
            # The end of the line, in a literal of several lines, goes on.
            text += {"\n": "", "n": "\n"}.get(source[at + 1], source[at + 1])
            at += 2
        else:
            text += source[at]
            at += 1
    return text, at + len(quotes)


def _behind_interpolation(source, at):
    depth = 1
    while depth:
        if source[at] == '"':
            _, at = _literal(source, at)
            continue
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        at += 1
    return at


class Text(NamedTuple):
    """A text that may hold lines to be typed."""

    place: str
    text: str
    # Whether it is code, and not a sentence.
    is_code: bool = False
    # Whether the noun and the verb may stand for returnsctl, as people speak of them.
    is_in_backticks: bool = False


def texts():
    for name in DOCUMENTS:
        spans, blocks = _code((ROOT / name).read_text())
        yield from (Text(name, span, is_code=True, is_in_backticks=True) for span in spans)
        yield from (Text(name, line, is_code=True) for line in blocks)
    for name in DEPLOYED:
        for line in (ROOT / name).read_text().splitlines():
            yield Text(name, re.sub(r"^(ExecStart(Pre)?=|[# ]+)", "", line))
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*.swift")):
            if "Generated" not in file.parts:
                place, source = str(file.relative_to(ROOT)), file.read_text()
                yield from (Text(place, text) for text in _literals(source))
                yield from (Text(place, f"returnsctl {words}", is_code=True) for words in _next_lines(source))


def script_lines():
    """Those of programs that have flags of their own."""
    for pattern in SCRIPTS:
        for file in sorted(ROOT.glob(pattern)):
            yield from (Text(str(file.relative_to(ROOT)), line) for line in file.read_text().splitlines())


def lines(programs):
    """Every line of one of the programs, from its name on."""
    nouns = [name for name, each in programs["returnsctl"].subcommands.items() if each.subcommands]
    for place, text, is_code, is_in_backticks in itertools.chain(texts(), script_lines()):
        # Not where a shell declares variables of these names.
        for match in re.finditer(
            r"(?<![\w/.+-])(?<!local )(?:/usr/local/bin/)?(returnsctl|returnsd) (.*)", text
        ):
            # What the shell takes itself, such as the file for the output, is no word of the program's.
            words = _words(re.split(r" [>|] ", match[2])[0] if is_code else match[2])
            # Sentences say what the programs do, too.
            begins = r"--?[a-z]|(?!(takes|or|itself)\b)[a-z]" if match[1] == "returnsctl" else "--?[a-z]"
            if words and re.match(begins, words[0]):
                yield Line(place, [match[1], *words], is_code and match.start() == 0)
        if is_in_backticks and re.match(rf"({'|'.join(nouns)}) [a-z-]+( |$)", text):
            yield Line(place, ["returnsctl", *_words(text)], is_alone=True)


def flags():
    """Every flag that is named, with its place."""
    for text in texts():
        for flag in re.findall(r"(?<![\w-])--[a-z][a-z0-9_-]*", text.text):
            yield text.place, flag


class Parser:
    """What a program, or one of its commands, takes, as the program itself tells it."""

    def __init__(self, command):
        subcommands = [each for each in command.get("subcommands", []) if each["commandName"] != "help"]
        self.subcommands = {each["commandName"]: Parser(each) for each in subcommands}
        self.options, self.positionals, self.is_repeating = {}, 0, False
        for argument in command.get("arguments", []):
            if argument["kind"] == "positional":
                self.positionals += 1
                self.is_repeating |= argument["isRepeating"]
                continue
            for name in argument["names"]:
                dashes = "-" if name["kind"] == "short" else "--"
                self.options[dashes + name["name"]] = argument["kind"] == "option"

    @classmethod
    def of(cls, binary):
        told = subprocess.run(
            [binary, "--experimental-dump-help"], capture_output=True, text=True, check=True, timeout=60
        )
        return cls(json.loads(told.stdout)["command"])

    def every_option(self):
        """Those of all commands, and whether they take a value: what stands
        before noun and verb may be any of them."""
        options = dict(self.options)
        for each in self.subcommands.values():
            options |= each.every_option()
        return options

    def problem(self, line):
        """What the parser would not take of a line; None if it takes all."""
        command, rest, positionals, options, any_option = self, line.words[1:], 0, [], self.every_option()
        while rest:
            word = rest.pop(0)
            # What follows in a sentence is not typed.
            is_last = not line.is_alone and bool(_END.search(word))
            word = (_END.sub("", word) if is_last else word).strip("[]")
            if word in ("#", "|", "&&", "") or word.startswith("…"):
                break
            if word.startswith("-") and word != "-":
                name, _, value = word.partition("=")
                options.append(name)
                known = command.options if not command.subcommands else any_option
                if known.get(name) and not value and rest and not is_last:
                    rest.pop(0)
            elif command.subcommands:
                if not re.fullmatch(r"[a-z][a-z-]*", word):
                    break
                if word not in command.subcommands:
                    return f"{word} is no command"
                command = command.subcommands[word]
            else:
                positionals += 1
                if positionals > command.positionals and not command.is_repeating:
                    if line.is_alone:
                        return f"{word} is one word too many"
                    break
            if is_last:
                break
        known = any_option if command.subcommands else command.options
        wrong = [name for name in options if name not in known]
        return f"{wrong[0]} is no option" if wrong else None
