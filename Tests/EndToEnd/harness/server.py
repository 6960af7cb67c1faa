"""returnsd as an operator runs it."""

import pathlib
import queue
import re
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

from .faketime import THROUGH_SHELL
from .processes import embedded_redis_pid, end_redis_of, kill_and_wait
from .waiting import wait_until

READY = re.compile(r"^returnsd \S+ is ready on (\S+(?:, \S+)*);")


class Server:
    """One returnsd process. Its log is kept in a file, its first address is where it can be reached."""

    def __init__(
        self, binary, data, *flags, listen="127.0.0.1:0", seconds=30, name="server", environment=None
    ):
        self.binary = binary
        self.data = pathlib.Path(data)
        self.log_path = self.data.parent / f"{self.data.name}.{name}.log"
        through = THROUGH_SHELL if environment else ()
        command = [*through, binary, "--listen", listen, "--data", str(self.data), *map(str, flags)]
        with open(self.log_path, "ab") as log:
            # Of a group of its own, so that Ctrl-C at the tests' terminal reaches the tests alone.
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=self.data.parent,
                env=environment,
                start_new_session=True,
            )
        self.lines = []
        self._queue = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.addresses = self._wait_for_ready_line(seconds).split(", ")
            self.address = self.addresses[0]
        except BaseException:
            self.end()
            raise

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            self._queue.put(line)
        self._queue.put(None)

    def _wait_for_ready_line(self, seconds):
        while True:
            try:
                line = self._queue.get(timeout=seconds)
            except queue.Empty:
                raise AssertionError(f"returnsd was not ready within {seconds} s:\n{self.log}") from None
            if line is None:
                raise AssertionError(f"returnsd ended with status {self.process.wait()}:\n{self.log}")
            if found := READY.match(line):
                return found[1]

    def http(self, path, method="GET"):
        """Asks the address of --metrics; returns status and text."""
        wait_until(
            lambda: any(line.startswith("metrics at ") for line in self.lines), "the address of metrics"
        )
        url = next(line.split()[-1] for line in self.lines if line.startswith("metrics at "))
        request = urllib.request.Request(urllib.parse.urljoin(url, path), method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def token_file(self):
        return self.data / "admin.token"

    @property
    def redis_pid(self):
        return embedded_redis_pid(self.data)

    def signal_and_wait(self, number, seconds=40):
        """Sends a signal and returns the exit status."""
        self.process.send_signal(number)
        status = self.process.wait(timeout=seconds)
        self._reader.join(timeout=5)
        return status

    def kill(self):
        """kill -9 of returnsd alone: an embedded redis-server is left behind."""
        kill_and_wait(self.process)

    def end(self):
        """Ends whatever is left of it, for the end of a test."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                kill_and_wait(self.process)
        end_redis_of(self.data)
        self._reader.join(timeout=5)
        self.process.stdout.close()
