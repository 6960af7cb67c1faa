"""Fixtures of the end-to-end tests, which drive the real binaries as their users do."""

import itertools
import os
import pathlib
import shutil
import signal
import tempfile

import pytest
from harness.binaries import NotSetUp, binary, seed_of_run
from harness.command import DONE, Command
from harness.desk import Desk
from harness.processes import Redis
from harness.receiver import Receiver
from harness.server import Server


def pytest_configure(config):
    config.addinivalue_line("markers", "alone: limits how long something takes, so nothing runs beside it")
    # A run that is told to stop ends what it has started, as on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # The processes that tests are spread over draw the same numbers.
    os.environ["RETURNS_SEED"] = str(seed_of_run())


def pytest_sessionfinish(session):
    # Of a process that tests are spread over: what it tells the one that reports.
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["refusals"] = list(Desk.refusals.items())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    for situation, steps in getattr(node, "workeroutput", {}).get("refusals", []):
        # Tuples come as tuples, so situations of several processes are told apart as in one.
        Desk.refusals[situation] = Desk.refusals.get(situation, 0) + steps


def pytest_terminal_summary(terminalreporter):
    if Desk.refusals:
        steps, situations = sum(Desk.refusals.values()), len(Desk.refusals)
        terminalreporter.write_line(
            f"{steps} steps that were not allowed, in {situations} situations, were refused"
        )


def _found(variable):
    try:
        return binary(variable)
    except NotSetUp as missing:
        problem = str(missing)
    # A failure, not a skip: a run that could not look has shown nothing.
    pytest.fail(problem, pytrace=False)


@pytest.fixture(scope="session")
def returnsd():
    return _found("RETURNSD")


@pytest.fixture(scope="session")
def returnsctl():
    return _found("RETURNSCTL")


@pytest.fixture(scope="session")
def returns_seed():
    return _found("RETURNS_SEED_BINARY")


def _short_directory():
    # The path of a Unix socket has at most 107 bytes, which pytest's own temporary folders can exceed.
    return pathlib.Path(tempfile.mkdtemp(prefix="rt-", dir="/tmp"))


class World:
    """What one test, or the tests of one file, start; everything is ended when they are over."""

    def __init__(self, returnsd, returnsctl):
        self.returnsd = returnsd
        self.returnsctl = returnsctl
        self.path = _short_directory()
        self._things = []
        self._numbers = itertools.count(1)
        # Several servers on one store have one registry of principals:
        # the first one's start has made the token.
        self._token_file = None

    def server(self, *flags, data="d", listen=None, seconds=30, environment=None, program=None):
        """Starts returnsd, or another build of it, and waits for its ready line. Without an address it
        listens on a Unix socket."""
        number = next(self._numbers)
        listen = listen or f"unix:{self.path}/s{number}.sock"
        server = Server(
            program or self.returnsd,
            self.path / data,
            *flags,
            listen=listen,
            seconds=seconds,
            name=f"run{number}",
            environment=environment,
        )
        self._things.append(server.end)
        self._token_file = self._token_file or server.token_file
        return server

    def redis(self, *options, directory="r", environment=None):
        redis = Redis(self.path / directory, *options, environment=environment)
        self._things.append(redis.stop)
        return redis

    def ctl(self, server):
        """returnsctl with the administrator's token, who may do everything."""
        if server.token_file.exists():
            self._token_file = server.token_file
        return Command(self.returnsctl, server.address, self._token_file, self.path)

    def desk(self, server, **options):
        return Desk(self.ctl(server), self.path / "tokens", **options)

    def at_end(self, action):
        """Registers what is to be ended, such as a command that runs in the background."""
        self._things.append(action)

    def end(self):
        problems = []
        for end in reversed(self._things):
            try:
                end()
            except Exception as problem:  # The others have to be ended all the same.
                problems.append(problem)
        self._things.clear()
        shutil.rmtree(self.path, ignore_errors=True)
        if problems:
            raise problems[0]


@pytest.fixture
def world(returnsd, returnsctl):
    world = World(returnsd, returnsctl)
    yield world
    world.end()


@pytest.fixture
def receiver(world):
    """Of webhooks; it takes everything, and has met nothing wrong in the end."""
    receiver = Receiver()
    world.at_end(receiver.end)
    yield receiver
    assert receiver.problems == []


@pytest.fixture
def serves_afterwards(desk):
    """For tests of mistakes: whatever was wrong, the server of the file's `desk` serves on."""
    yield
    answer = desk.admin("ping")
    assert answer.status == DONE and answer.json["status"] == "SERVING_STATUS_SERVING", answer


@pytest.fixture(scope="module")
def module_world(returnsd, returnsctl):
    world = World(returnsd, returnsctl)
    yield world
    world.end()


# What most files start with; those that need another server or desk have fixtures of their own.


@pytest.fixture(scope="module")
def server(module_world):
    return module_world.server()


@pytest.fixture(scope="module")
def desk(module_world, server):
    return module_world.desk(server)
