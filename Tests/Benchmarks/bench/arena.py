"""One run's processes and files, and the single measurements that the rounds are made of."""

import dataclasses

from . import streams
from .processes import BenchError, Redis, Returnsd, run_json
from .recorder import Recorder

CONNECTIONS, IN_FLIGHT = 16, 16


@dataclasses.dataclass(frozen=True)
class Size:
    """How much a run does where time is not what it is told to take."""

    calibration_calls: int
    cases_min: int
    idle_connections: int


FULL = Size(calibration_calls=2_000, cases_min=1_000, idle_connections=10_000)
SMOKE = Size(calibration_calls=100, cases_min=100, idle_connections=100)


class Arena:
    """A Redis, a returnsd on it, the load and the ceiling program, all with files in one folder."""

    def __init__(self, binaries, folder, durable, listen, size=FULL):
        self.binaries, self.folder, self.size = binaries, folder, size
        self._children = []
        try:
            self.redis = self._started(Redis(folder, durable))
            self.server = self._started(Returnsd(binaries.returnsd, folder, self.redis.socket, listen))
            # What the server has put there at its start it expects to find there.
            self.redis.keep_what_is_there()
        except BaseException:
            self.end()
            raise

    def _started(self, child):
        self._children.append(child)
        return child

    def sweeper(self, number):
        """One more returnsd on the same Redis, which sweeps."""
        folder = self.folder / f"sweeper{number}"
        folder.mkdir()
        return self._started(
            Returnsd(
                self.binaries.returnsd,
                folder,
                self.redis.socket,
                f"unix:{folder / 'returnsd.sock'}",
                sweeps=True,
            )
        )

    def seed(self, cases, due_at_ms, first, ids, spread_ms=0):
        """Opens cases whose clocks first fire at the time given, or evenly
        over a time from there; ids go to a file."""
        return run_json(
            [
                self.binaries.seed,
                "--redis",
                f"unix://{self.redis.socket}",
                "--cases",
                cases,
                "--due-at-ms",
                due_at_ms,
                "--spread-ms",
                spread_ms,
                "--first",
                first,
                "--ids-out",
                ids,
            ]
        )

    def end(self):
        for child in reversed(self._children):
            child.end()

    # The load against returnsd.

    def load(self, work, *options, server=None):
        server = server or self.server
        seen = run_json(
            [
                self.binaries.load,
                "--work",
                work,
                "--connect",
                server.address,
                "--token-file",
                self.server.data / "admin.token",
                "--connections",
                CONNECTIONS,
                "--in-flight",
                IN_FLIGHT,
                *options,
            ]
        )
        if seen["errors"]:
            raise BenchError(
                f"{seen['errors']} of {seen['calls_all']} {work} calls failed,"
                f" the first with {seen['first_error']}"
            )
        return seen

    def measure(self, work, *options):
        """As `load`, with what server and Redis spent on it."""
        server, redis = self.server.cpu_seconds(), self.redis.cpu_seconds()
        seen = self.load(work, *options)
        calls = seen["calls_all"]
        seen["server_cpu_us_per_call"] = (self.server.cpu_seconds() - server) / calls * 1e6
        seen["redis_cpu_us_per_call"] = (self.redis.cpu_seconds() - redis) / calls * 1e6
        return seen

    # The ceiling program against Redis.

    def ceiling(self, stream, *options):
        return run_json([self.binaries.ceiling, "-s", self.redis.socket, *options, stream])

    def restore(self, *seeds):
        """Brings Redis to a starting state: nothing but what these streams set up."""
        self.redis.empty()
        for seed in seeds:
            self.ceiling(seed)

    # The recording.

    def submissions_per_second(self):
        """A first guess, which also warms the server up."""
        self.redis.empty()
        self.load("put-order", "--calls", self.size.calibration_calls)
        return self.load("submit-case", "--calls", self.size.calibration_calls)["rate"]

    def record(self, cases):
        """Lets a second returnsd, with a recorder between it and
        Redis, take `cases` orders, cases and reads."""
        self.redis.empty()
        recorder = Recorder(self.folder / "recorder.sock", self.redis.socket)
        folder = self.folder / "recording"
        folder.mkdir()
        server = self._started(
            Returnsd(self.binaries.returnsd, folder, recorder.path, f"unix:{folder / 'returnsd.sock'}")
        )
        try:
            recorder.take()  # What the server asked at its start.
            ids = self.folder / "case-ids"
            self.load("put-order", "--calls", cases, server=server)
            orders = streams.mutations(recorder.take())
            self.load("submit-case", "--calls", cases, "--case-ids-out", ids, server=server)
            submissions = streams.mutations(recorder.take())
            self.load("get-case", "--case-ids", ids, "--calls", cases, server=server)
            reads = streams.loads(recorder.take())
        finally:
            server.end()
            recorder.end()
        for name, found in ("orders", orders), ("submissions", submissions), ("distinct reads", set(reads)):
            if len(found) != cases:
                raise BenchError(f"the recording holds {len(found)} {name} instead of {cases}")
        return Recording(self.folder, cases, orders, submissions, reads, ids)


class Recording:
    """What was recorded, as files for the ceiling program."""

    def __init__(self, folder, cases, orders, submissions, reads, case_ids):
        self.cases, self.case_ids = cases, case_ids
        self.commands_per_submission = sum(map(len, submissions)) / cases
        self.orders_seed = streams.write(folder / "orders.seed", streams.setup_records(orders))
        self.cases_seed = streams.write(folder / "cases.seed", streams.setup_records(submissions))
        self.submit_case = streams.write(folder / "submit-case.stream", streams.mutation_records(submissions))
        self.get_case = streams.write(folder / "get-case.stream", streams.load_records(reads))
