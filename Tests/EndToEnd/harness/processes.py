"""Processes that a test starts and ends, always by their own id."""

import os
import pathlib
import signal
import subprocess

from .waiting import wait_until


def state(pid):
    """The process's state as proc(5) has it: R, S, T, Z and so on; nothing when it is gone."""
    try:
        status = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return status.rpartition(")")[2].split()[0]


def is_running(pid):
    """Zombies count as ended: they only wait to be reaped."""
    return state(pid) not in ("", "Z")


def command_line(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
    except OSError:
        return ""


def kill_and_wait(process):
    """kill -9 of a child, reaped."""
    process.kill()
    process.wait(timeout=20)


class Redis:
    """A redis-server of the test's own, on a Unix socket."""

    def __init__(self, directory, *options, environment=None):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.socket = self.directory / "r.sock"
        self.process = subprocess.Popen(
            [
                "redis-server",
                "--port",
                "0",
                "--unixsocket",
                str(self.socket),
                "--dir",
                str(self.directory),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--daemonize",
                "no",
                "--logfile",
                str(self.directory / "redis.log"),
                *options,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        wait_until(self._answers, f"redis-server in {directory} to answer")

    def _answers(self):
        assert self.process.poll() is None, (self.directory / "redis.log").read_text()
        return self.socket.exists() and redis_cli(self.socket, "PING") == "PONG"

    @property
    def url(self):
        return f"unix://{self.socket}"

    def cli(self, *arguments):
        return redis_cli(self.socket, *arguments)

    def stop(self):
        if self.process.poll() is None:
            kill_and_wait(self.process)


def redis_cli(socket, *arguments):
    """What redis-cli prints, without its closing line feed."""
    # Members of listings begin with bytes that are no text.
    process = subprocess.run(
        ["redis-cli", "-s", str(socket), *map(str, arguments)],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=20,
    )
    return process.stdout.removesuffix("\n")


def end_redis_of(data):
    """Ends the embedded redis-server of a data folder whose returnsd was killed, if one is left.

    Its pid file may name a process that has long gone and whose number another has now, so the command line
    decides.
    """
    pid = embedded_redis_pid(data)
    if pid is None:
        return
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    wait_until(lambda: not is_running(pid), f"redis-server {pid} to end")


def embedded_redis_pid(data):
    """The process id of the running redis-server of a data folder; None when there is none."""
    try:
        pid = int((pathlib.Path(data) / "redis" / "redis.pid").read_text())
    except (OSError, ValueError):
        return None
    socket = str(pathlib.Path(data).resolve() / "redis.sock")
    return pid if is_running(pid) and socket in command_line(pid) else None
