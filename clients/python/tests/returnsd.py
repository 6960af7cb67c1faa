"""returnsd as an operator runs it."""

from __future__ import annotations

import os
import pathlib
import queue
import re
import signal
import subprocess
import threading
import time

READY = re.compile(r"^returnsd \S+ is ready on (\S+(?:, \S+)*);")
READY_SECONDS_MAX = 30.0


class Returnsd:
    """One process and its private Redis, ended by their own ids."""

    def __init__(self, binary: str, data: pathlib.Path, *flags: object, listen: str = "127.0.0.1:0") -> None:
        self.data = data
        data.parent.mkdir(parents=True, exist_ok=True)
        self._log = data.with_suffix(".log")
        command = [binary, "--listen", listen, "--data", str(data), "--conformance", *map(str, flags)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.addresses = self._wait_for_ready_line()
        except BaseException:
            self.end()
            raise
        self.address = self.addresses[0]
        self.token_file = data / "admin.token"

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _wait_for_ready_line(self) -> list[str]:
        while True:
            try:
                line = self._lines.get(timeout=READY_SECONDS_MAX)
            except queue.Empty:
                raise AssertionError(f"returnsd was not ready in time:\n{self.log}") from None
            if line is None:
                raise AssertionError(f"returnsd ended with {self.process.wait(20)}:\n{self.log}")
            if found := READY.match(line):
                return found[1].split(", ")

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def terminate(self) -> None:
        """Asks it to stop, and does not wait."""
        self.process.terminate()

    def kill(self) -> None:
        """kill -9 of returnsd alone: its redis-server is left for the next start, or for end()."""
        self.process.kill()
        self.process.wait(20)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self._end_redis()
        self._reader.join(timeout=5)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _end_redis(self) -> None:
        """The pid file may name a process that has long gone, so the command line decides."""
        try:
            pid = int((self.data / "redis" / "redis.pid").read_text())
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            if str(self.data.resolve() / "redis.sock") in command:
                os.kill(pid, signal.SIGKILL)
        except (OSError, ValueError):
            return
        deadline = time.monotonic() + 10
        while pathlib.Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
