"""returnsctl as a person or a script runs it."""

import dataclasses
import json
import os
import subprocess

# The exit statuses that DESIGN §8 fixes.
DONE, FAILED, USAGE, NOT_FOUND, NOT_ALLOWED, CONFLICT, UNAVAILABLE, OUTCOME_UNKNOWN = range(8)
INTERRUPTED = 130


@dataclasses.dataclass
class Answer:
    command: str
    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def rows(self):
        """The lines of -o jsonl."""
        return [json.loads(line) for line in self.out.splitlines()]

    def __str__(self):
        return f"{self.command}\n  status {self.status}\n  stdout: {self.out}\n  stderr: {self.err}"


class Command:
    """Runs returnsctl against one server with one token."""

    def __init__(self, binary, server, token_file, home):
        self.binary = binary
        self.server = server
        self.token_file = token_file
        self.home = home

    def line(self, arguments, output):
        format_flags = ["-o", output] if output else []
        return [self.binary, "--server", self.server, "--token-file", str(self.token_file), *format_flags,
                *map(str, arguments)]

    def environment(self):
        # Nothing of the developer's own settings: neither RETURNS_… nor a configuration file, nor a time zone.
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        return {**kept, "HOME": str(self.home), "TZ": "UTC", "LANG": "C.UTF-8"}

    def __call__(self, *arguments, input="", output="json", seconds=60):
        """Runs a command to its end, whatever its status."""
        data = input if isinstance(input, bytes) else input.encode()
        process = subprocess.run(
            self.line(arguments, output), input=data, capture_output=True, timeout=seconds, cwd=self.home,
            env=self.environment())
        return Answer(
            "returnsctl " + " ".join(map(str, arguments)), process.returncode, process.stdout.decode(errors="replace"),
            process.stderr.decode(errors="replace"))

    def done(self, *arguments, **options):
        """Runs a command that has to succeed."""
        answer = self(*arguments, **options)
        assert answer.status == DONE, answer
        return answer

    def start(self, *arguments, output="json"):
        """Starts a command and lets it run; the caller waits for it."""
        return subprocess.Popen(
            self.line(arguments, output), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=self.home, env=self.environment(), text=True)

    def at(self, server):
        return Command(self.binary, server, self.token_file, self.home)

    def with_token(self, token_file):
        return Command(self.binary, self.server, token_file, self.home)
