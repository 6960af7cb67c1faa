"""Tokens, passwords and the data folder stay with those whom they belong to."""

import contextlib
import os
import pathlib
import shutil
import socket
import stat
import subprocess

import pytest
from harness.command import DONE, NOT_ALLOWED, USAGE, assert_refused
from harness.desk import MUG
from harness.listening import listening
from harness.processes import end_redis_of, kill_and_wait


@pytest.fixture(scope="module")
def ctl(module_world, server):
    return module_world.ctl(server)


@pytest.mark.parametrize(
    "address", ["returns.example.com:7461", "rcp://192.0.2.1:7461", "[2001:db8::1]:7461"]
)
def test_no_token_goes_to_another_machine_unencrypted(ctl, address):
    answer = ctl.at(address)("ping")
    assert_refused(answer, USAGE, "unencrypted", "rcps://", "--allow-plaintext")


def test_a_name_of_this_machine_that_leads_elsewhere_gets_nothing(ctl):
    """As every name is judged by how it is written, one that leads to this machine gets nothing either."""
    heard = []
    with listening(lambda connection: heard.append(connection.recv(4_096))) as address:
        answer = ctl.at(address.replace("127.0.0.1", socket.gethostname()))("ping", "--timeout", "2s")
        assert_refused(answer, USAGE, "--allow-plaintext")
    assert heard == []


def test_plaintext_to_another_machine_can_be_allowed(module_world):
    server = module_world.server("--allow-plaintext", listen="0.0.0.0:0", data="open")
    port = server.address.rpartition(":")[2]
    # On Linux this address leads to the machine itself, but nobody has to know that.
    address = f"0.0.0.0:{port}"
    command = module_world.ctl(server).at(address)
    assert command("ping").status == USAGE
    command.done("ping", "--allow-plaintext")
    environment = {**command.environment(), "RETURNS_ALLOW_PLAINTEXT": "true"}
    process = subprocess.run(command.line(["ping"], "json"), env=environment, capture_output=True, timeout=30)
    assert process.returncode == DONE, process


def test_a_token_file_that_others_may_read_is_warned_of_and_refused_when_strict(module_world, ctl, server):
    file = module_world.path / "open.token"
    shutil.copy(server.token_file, file)
    file.chmod(0o644)
    answer = ctl.with_token(file).done("ping")
    assert f"warning: the token file {file} can be read by other users" in answer.err
    assert f"chmod 600 {file}" in answer.err
    assert_refused(
        ctl.with_token(file)("ping", "--strict"), NOT_ALLOWED, "can be read by other users", "chmod 600"
    )
    file.chmod(0o600)
    assert ctl.with_token(file).done("ping", "--strict").err == ""


def test_a_configuration_file_with_a_token_is_looked_at_too(module_world, ctl, server):
    file = module_world.path / "config.yaml"
    token = server.token_file.read_text().strip()
    file.write_text(f'contexts: {{x: {{server: "{server.address}", token: {token}}}}}\n')
    file.chmod(0o644)
    environment = {**ctl.environment(), "RETURNS_CONFIG": str(file)}

    def ping(*flags):
        line = [ctl.binary, "--context", "x", "ping", *flags]
        return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=30)

    assert ping().returncode == DONE and "the configuration file with a token" in ping().stderr
    assert ping("--strict").returncode == NOT_ALLOWED
    file.chmod(0o600)
    assert ping("--strict").stderr == ""


# The data folder.


def start(world, data, *flags):
    """Runs a returnsd that must not start; what it says must be what --check says."""
    command = [world.returnsd, "--listen", f"unix:{world.path}/x.sock", "--data", str(data), *flags]
    texts = []
    for check in ([], ["--check"]):
        try:
            process = subprocess.run(
                [*command, *check], capture_output=True, text=True, timeout=40, cwd=world.path
            )
        except subprocess.TimeoutExpired:
            end_redis_of(data)
            raise
        assert process.returncode == 1 and process.stdout == "", process
        texts += [line for line in process.stderr.splitlines() if line.startswith("returnsd: ")]
    assert len(texts) == 2 and texts[0] == texts[1], texts
    return texts[0]


def test_a_data_folder_that_others_may_write_is_refused(world):
    data = world.path / "d"
    for mode in (0o770, 0o707, 0o1777):
        data.mkdir(exist_ok=True)
        data.chmod(mode)
        text = start(world, data)
        assert f"the data folder {data} may be written by other users" in text and "chmod go-w" in text
        assert list(data.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["redis", "redis/appendonlydir", "redis/redis.log", "principals.json", "admin.token", "returnsd.lock"],
)
def test_a_planted_link_is_refused(world, name):
    elsewhere = world.path / "elsewhere"
    elsewhere.mkdir()
    link = world.path / "d" / name
    link.parent.mkdir(parents=True, mode=0o700)
    link.parent.chmod(0o700)
    (world.path / "d").chmod(0o700)
    link.symlink_to(elsewhere / "target")
    text = start(world, world.path / "d")
    assert f"{link} is a link" in text, text
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("name", ["admin.token", "principals.json"])
def test_a_secret_that_others_may_read_is_refused(world, name):
    server = world.server()
    server.end()
    server.data.chmod(0o755)
    (server.data / name).chmod(0o644)
    text = start(world, server.data)
    assert f"other users may read {server.data / name}" in text and "chmod 600" in text, text
    (server.data / name).chmod(0o600)
    world.ctl(world.server()).done("ping")


@pytest.mark.parametrize(
    "name", ["principals.json", "admin.token", "store.mark", "expiry-time", "returnsd.lock"]
)
def test_a_pipe_in_place_of_a_file_is_refused(world, name):
    """To open one waits for whoever would write to it: the start would say nothing, and never end."""
    data = world.path / "d"
    data.mkdir(mode=0o700)
    os.mkfifo(data / name, 0o600)
    text = start(world, data)
    assert f"{data / name} is no file, folder or socket" in text, text


def test_files_that_others_may_write_are_refused(world):
    server = world.server()
    server.end()
    manifest = next((server.data / "redis" / "appendonlydir").iterdir())
    manifest.chmod(0o666)
    assert f"the file {manifest} may be written by other users" in start(world, server.data)
    manifest.chmod(0o600)
    world.ctl(world.server()).done("ping")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_folder_or_file_of_another_user_is_refused(world):
    server = world.server()
    server.end()
    for path in (server.data, server.data / "principals.json", server.data / "redis"):
        os.chown(path, 12_345, -1)
        text = start(world, server.data)
        assert f"{path} belongs to user 12345" in text and "chown" in text
        os.chown(path, 0, -1)
    world.ctl(world.server()).done("ping")


def test_redis_files_are_nobody_elses_to_read(world):
    """Also those that an earlier version has left readable."""
    umask = os.umask(0o000)
    try:
        server = world.server()
        desk = world.desk(server)
        desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
        assert open_to_others(server.data) == []
        server.end()
        for path in (server.data / "redis").rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        again = world.server()
        assert open_to_others(again.data) == []
    finally:
        os.umask(umask)


def open_to_others(data):
    modes = {}
    for path in data.rglob("*"):
        # The server replaces some of its files all the time; what is gone is not open.
        with contextlib.suppress(FileNotFoundError):
            modes[path] = path.stat().st_mode
    modes = {path: mode for path, mode in modes.items() if stat.S_ISREG(mode) or stat.S_ISDIR(mode)}
    assert any(path.suffix == ".aof" for path in modes), modes
    return [path for path, mode in modes.items() if mode & 0o077]


def test_a_data_folder_may_be_reached_by_ones_own_link(world):
    """As systemd makes one for a state folder."""
    (world.path / "real").mkdir(mode=0o700)
    (world.path / "d").symlink_to(world.path / "real")
    world.ctl(world.server()).done("ping")


# The password of Redis.


def test_the_password_of_redis_comes_from_a_file(world):
    redis = world.redis()
    redis.cli("CONFIG", "SET", "requirepass", "s3cret")
    file = world.path / "password"
    file.write_text("s3cret\n")
    file.chmod(0o600)
    server = world.server("--redis", redis.url, "--redis-password-file", file)
    world.ctl(server).done("ping")
    arguments = pathlib.Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
    assert b"s3cret" not in arguments and "s3cret" not in server.log
    file.chmod(0o604)
    text = start(world, world.path / "e", "--redis", redis.url, "--redis-password-file", str(file))
    assert "may be read or changed by other users" in text and "chmod 600" in text
    file.chmod(0o600)
    file.write_text("")
    text = start(world, world.path / "e", "--redis", redis.url, "--redis-password-file", str(file))
    assert "does not hold the password of Redis" in text


def test_a_password_in_the_flag_is_refused_with_what_to_do(world):
    text = start(world, world.path / "d", "--redis", "redis://:s3cret@127.0.0.1:1")
    assert "--redis-password-file" in text and "RETURNSD_REDIS" in text and "s3cret" not in text


def test_a_password_in_the_environment_is_taken(world):
    port = free_port()
    world.redis("--port", str(port)).cli("CONFIG", "SET", "requirepass", "s3cret")
    environment = {**os.environ, "RETURNSD_REDIS": f"redis://:s3cret@127.0.0.1:{port}"}
    process = subprocess.Popen(
        [world.returnsd, "--listen", f"unix:{world.path}/e.sock", "--data", str(world.path / "e")],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert "is ready" in process.stdout.readline()
    finally:
        kill_and_wait(process)
        process.stdout.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]
