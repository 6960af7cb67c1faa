"""The processes of a run, each started and ended by its own id: redis-server,
returnsd, the load, the ceiling program."""

import json
import os
import pathlib
import re
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS_MAX = 60
READY = re.compile(r"^returnsd \S+ is ready on (\S+?)[,;]")


class BenchError(Exception):
    """A failure with a text for whoever started the run."""


class Process:
    """A child that is ended with SIGTERM when the run ends, however it ends."""

    def __init__(self, arguments, log, **options):
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as file:
            self.process = subprocess.Popen(arguments, stderr=file, start_new_session=True, **options)

    def cpu_seconds(self):
        """User and system time so far, by the kernel's account."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self):
        """Memory in use, by the kernel's account."""
        found = re.search(
            r"^VmRSS:\s+(\d+) kB", pathlib.Path(f"/proc/{self.process.pid}/status").read_text(), re.M
        )
        return int(found[1]) * 1024

    def fail(self, what):
        raise BenchError(f"{what}:\n{self.log.read_text(errors='replace')[-2000:]}")

    def end(self):
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Redis(Process):
    """A redis-server of the run's own on a Unix socket, holding nothing but what the run puts there."""

    def __init__(self, folder, durable):
        self.socket = str(folder / "redis.sock")
        persistence = ["--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"]
        arguments = [
            "redis-server",
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--dir",
            str(folder),
            "--save",
            "",
            "--daemonize",
            "no",
            *(persistence if durable else ["--appendonly", "no"]),
        ]
        super().__init__(arguments, folder / "redis.log", stdout=subprocess.DEVNULL)
        limit = time.monotonic() + START_SECONDS_MAX
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > limit:
                self.fail("redis-server does not start")
            time.sleep(0.02)

    def _answers(self):
        try:
            return self.command("PING").startswith(b"+PONG")
        except OSError:
            return False

    def command(self, *words):
        """The raw reply to one command, on a connection of its own; for replies that end with a line feed."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.socket)
            connection.sendall((" ".join(words) + "\r\n").encode())
            reply = connection.recv(65_536)
            if reply.startswith(b"$"):
                head, _, _ = reply.partition(b"\r\n")
                while len(reply) < len(head) + 4 + int(head[1:]):
                    reply += connection.recv(65_536)
        if reply.startswith(b"-"):
            raise BenchError(f"Redis: {reply.decode()}")
        return reply

    def cpu_seconds(self):
        """By Redis's own account, which is finer than the kernel's ticks."""
        info = self.command("INFO cpu").decode()
        return sum(
            float(re.search(rf"^{name}:([0-9.]+)", info, re.M)[1])
            for name in ("used_cpu_user", "used_cpu_sys")
        )

    def keep_what_is_there(self):
        """From now on `empty` leaves these keys, as they are then, to the server that made them."""
        self._script("redis.call('SADD', KEYS[1], KEYS[1], unpack(redis.call('KEYS', '*')))")

    def empty(self):
        """Removes every key but those that are kept."""
        self._script(
            "for _, key in ipairs(redis.call('KEYS', '*')) do "
            "if redis.call('SISMEMBER', KEYS[1], key) == 0 then redis.call('UNLINK', key) end end"
        )

    def _script(self, text):
        done = subprocess.run(
            ["redis-cli", "-s", self.socket, "-e", "EVAL", text, "1", "bench:kept"],
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise BenchError(f"Redis: {done.stdout}{done.stderr}")


class Returnsd(Process):
    """One returnsd with one event loop, by default without a sweeper, so that
    its commands are those of the calls alone."""

    def __init__(self, binary, folder, redis_socket, listen, *flags, sweeps=False):
        self.data = folder / "data"
        sweeping = [] if sweeps else ["--no-sweeper"]
        super().__init__(
            [
                binary,
                "--listen",
                listen,
                "--redis",
                f"unix://{redis_socket}",
                "--data",
                str(self.data),
                "--event-loops",
                "1",
                *sweeping,
                "--log-level",
                "error",
                "--conformance",
                *flags,
            ],
            folder / "returnsd.log",
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        found = READY.match(self.process.stdout.readline())
        if not found:
            self.process.wait(timeout=START_SECONDS_MAX)
            self.fail("returnsd does not start")
        self.address = found[1]

    def end(self):
        super().end()
        self.process.stdout.close()


def run_json(arguments):
    """Runs a program that prints one JSON object, and returns that."""
    done = subprocess.run([str(word) for word in arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"{pathlib.Path(arguments[0]).name} failed: {done.stderr.strip()}")
    return json.loads(done.stdout)
