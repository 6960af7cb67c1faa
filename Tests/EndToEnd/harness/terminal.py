"""returnsctl at a terminal, as a person types."""

import os
import pty
import select
import signal
import time


class Terminal:
    """Runs a command with a terminal of its own for standard input, stdout and stderr."""

    def __init__(self, command, *arguments):
        line = command.line(arguments, None)
        self.screen = ""
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            # As in a person's shell, also where the tests were started with some of them
            # ignored (nohup, a shell's background).
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)
            os.chdir(command.home)
            os.execve(line[0], line, command.environment())

    def wait_for(self, text, seconds=20):
        """Reads until the text has been shown."""
        deadline = time.monotonic() + seconds
        while text not in self.screen:
            left = deadline - time.monotonic()
            assert left > 0 and self._read(left), f"{text!r} was not shown: {self.screen!r}"

    def type(self, text):
        os.write(self._descriptor, text.encode())

    def wait(self, seconds=20):
        """Waits for its end and returns the exit status, negative for a signal."""
        deadline = time.monotonic() + seconds
        while self._read(max(0, deadline - time.monotonic())):
            assert time.monotonic() < deadline, f"does not end: {self.screen!r}"
        _, status = os.waitpid(self.pid, 0)
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def end(self):
        if self.pid:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self._descriptor)

    def _read(self, seconds):
        """False at the end."""
        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        try:
            data = os.read(self._descriptor, 65_536) if ready else None
        except OSError:
            # What a terminal says when the last program has gone.
            return False
        if data:
            self.screen += data.decode(errors="replace")
        return data != b""
