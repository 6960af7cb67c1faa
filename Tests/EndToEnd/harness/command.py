"""returnsctl as a person or a script runs it."""

import dataclasses
import json
import os
import signal
import subprocess
import tempfile

# The exit statuses that every command of returnsctl ends with.
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
        return [
            self.binary,
            "--server",
            self.server,
            "--token-file",
            str(self.token_file),
            *format_flags,
            *(each if isinstance(each, bytes) else str(each) for each in arguments),
        ]

    def environment(self):
        # Nothing of the developer's own: neither RETURNS_… nor a configuration file,
        # nor a time zone. Traces are set by tests.
        names = ("PATH", "LD_LIBRARY_PATH", "TRACEPARENT", "TRACESTATE")
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return {**kept, "HOME": str(self.home), "TZ": "UTC", "LANG": "C.UTF-8"}

    def __call__(self, *arguments, input="", output="json", seconds=60):
        """Runs a command to its end, whatever its status."""
        data = input if isinstance(input, bytes) else input.encode()
        process = subprocess.run(
            self.line(arguments, output),
            input=data,
            capture_output=True,
            timeout=seconds,
            cwd=self.home,
            env=self.environment(),
        )
        return Answer(
            "returnsctl " + " ".join(map(str, arguments)),
            process.returncode,
            process.stdout.decode(errors="replace"),
            process.stderr.decode(errors="replace"),
        )

    def done(self, *arguments, **options):
        """Runs a command that has to succeed."""
        answer = self(*arguments, **options)
        assert answer.status == DONE, answer
        return answer

    def start(self, *arguments, output="json"):
        """Starts a command and lets it run."""
        return Running(self.line(arguments, output), self.home, self.environment())

    def at(self, server):
        return Command(self.binary, server, self.token_file, self.home)

    def with_token(self, token_file):
        return Command(self.binary, self.server, token_file, self.home)


class Running:
    """A command in the background. It writes to files, since a pipe that nobody reads would stop it."""

    def __init__(self, line, folder, environment):
        # `end` closes them.
        self._files = [tempfile.TemporaryFile(dir=folder) for _ in range(2)]  # noqa: SIM115
        self.process = subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=self._files[0],
            stderr=self._files[1],
            cwd=folder,
            env=environment,
        )

    @property
    def is_over(self):
        return self.process.poll() is not None

    @property
    def has_written(self):
        """Whether anything has come to its standard output."""
        return os.fstat(self._files[0].fileno()).st_size > 0

    @property
    def notes(self):
        """What has come to its standard error so far."""
        return os.pread(self._files[1].fileno(), 1 << 20, 0).decode(errors="replace")

    def pause(self):
        """Freezes it, with whatever it has under way."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def wait(self, seconds=120):
        """Waits for its end and returns what an Answer holds."""
        status = self.process.wait(timeout=seconds)
        texts = []
        for file in self._files:
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
        return Answer(" ".join(self.process.args), status, *texts)

    def end(self):
        if not self.is_over:
            self.process.kill()
            self.process.wait(timeout=20)
        for file in self._files:
            file.close()


def assert_refused(answer, status, *words):
    """Checks a failed command: its status, nothing on stdout, and one report that holds the words."""
    assert answer.status == status, answer
    assert answer.out == "", answer
    for word in words:
        assert word in answer.err, answer
    # One report, not a stack of them, and nothing of the inside.
    assert answer.err.count("error: ") == 1, answer
    assert "Fatal" not in answer.err and ".swift" not in answer.err, answer
