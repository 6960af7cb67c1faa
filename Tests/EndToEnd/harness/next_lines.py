"""The lines that returnsctl offers to type next, typed as they stand by somebody of the role
that they name."""

import re
import shlex

from .command import CONFLICT, DONE
from .steps import STEPS

# What stands for something in a line, and what somebody writes in its place.
_PLACEHOLDERS = {
    "TEXT": "a text",
    "NO": "N-1",
    "NAME": "DHL",
    "CODE": "worn",
    "DEDUCTION": "damage",
    "AMOUNT": "0.01",
    "METHOD": "bank_transfer",
    "CHANNEL": "sms",
    "DURATION": "4h",
    "SKU=UNITS": "SPOON-3=1",
    "SKU": "SPOON-3",
    "TYPE": "other",
    "1-5": "5",
}
# Flags of the line that was typed; whoever types the next one has a token of their own.
_CONNECTION = re.compile(r" --server \S+ --token-file \S+")


class Line:
    """A line, and the roles that may type it."""

    def __init__(self, text, roles):
        assert _CONNECTION.search(text), text
        self.words = shlex.split(_CONNECTION.sub("", text))[1:]
        self.roles = roles

    def __repr__(self):
        return f"{' '.join(self.words)}  # {self.roles}"

    def shape(self, case):
        return " ".join(word for word in self.words if word != case.id)

    def arguments(self, person, paper):
        times = iter(("+24h", "+26h"))
        # Supervisors are of no department; they give work to others.
        clerk = "service-2" if person == "supervisor" else person
        filled = {"FILE": paper, "PERSON": clerk, **_PLACEHOLDERS}
        return [next(times) if word == "TIME" else filled.get(word, _counted(word)) for word in self.words]


def _counted(word):
    """All units of each line, and all of them good, where a line names the range: "1=0-2"."""
    return re.sub(r"=\d+-(\d+)", r"=\1", re.sub(r"refuse=0-\d+", "refuse=0", word))


def offered(text, everybody):
    """The lines of a refusal, or of what a step came to."""
    lines = re.findall(r"^ +(returnsctl case .*?)(?:  # (.*))?$", text, re.MULTILINE)
    found = []
    for line, note in lines:
        roles = re.findall(r"[a-z]+", note.partition(",")[0].partition(";")[0].replace(" or ", " "))
        found.append(Line(line, roles or everybody))
    return found


def listed(table):
    """The lines of `case allowed`."""
    found = []
    for row in table.splitlines()[2:]:
        match = re.match(r"^(\S*) +(.*?)(; not you)?  +(returnsctl (case|sla) .*)$", row)
        assert match, row
        found.append(Line(match[4], match[2].split(", ")))
    return found


class Typist:
    """Types what is offered, each line once in each state of a case."""

    def __init__(self, desk, paper):
        self.desk = desk
        self.paper = paper
        self._typed = set()

    def problems(self, case):
        """Of the lines that are offered for the case as it is. Nothing is changed: a dry run
        decides as the step does."""
        reply = self.desk.admin.done("case", "allowed", case.id).json
        allowed = {entry["command"].removeprefix("COMMAND_KIND_").lower() for entry in reply["commands"]}
        forbidden = STEPS[next(name for name in STEPS if name not in allowed)]
        arguments = [argument.format(id=case.id) for argument in forbidden.arguments]
        refusal = self.desk[forbidden.who](*case.line(forbidden.verb, arguments), output="table")
        assert refusal.status == CONFLICT, refusal
        lines = listed(self.desk.admin.done("case", "allowed", case.id, output="table").out)
        hints = offered(refusal.err.partition("type next:\n")[2], [])
        assert lines and hints, refusal
        known = {line.shape(case) for line in lines}
        assert {line.shape(case) for line in hints} <= known, (hints, lines)
        new = {(reply["state"], line.shape(case)): line for line in lines}
        found = [self._problem(case, line) for key, line in new.items() if key not in self._typed]
        self._typed.update(new)
        return [f"{reply['state']}: {problem}" for problem in found if problem]

    def _problem(self, case, line):
        """Nobody of a role that the line names can type it."""
        for role in line.roles:
            answers = []
            for person in (name for name in self.desk.people if name.rstrip("-0123456789") == role):
                arguments = line.arguments(person, self.paper)
                answers.append(self.desk[person](*arguments, "--dry-run", "--yes", output="table"))
                if answers[-1].status == DONE:
                    break
            # The system's is a role that nobody of the desk has.
            if answers and answers[-1].status != DONE:
                return "\n".join(map(str, [line, *answers]))
        return None
