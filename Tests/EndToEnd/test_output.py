"""Output that cannot be written is said; a closed stderr stops nothing; files are
never written through links or over others."""

import json
import os
import pty
import signal
import stat
import subprocess

import pytest
from harness.command import DONE, FAILED, INTERRUPTED, USAGE, assert_refused
from harness.desk import MUG
from harness.outbox import kind_of
from harness.terminal import Terminal
from harness.waiting import wait_until

FULL = "cannot write the output: No space left on device"
BROKEN = "cannot write the output: Broken pipe"


@pytest.fixture(scope="module")
def ctl(desk):
    return desk.admin


def run(command, arguments, output="json", **streams):
    return subprocess.run(
        command.line(arguments, output), env=command.environment(), cwd=command.home, timeout=60,
        stdin=subprocess.DEVNULL, text=True, **streams,
    )  # fmt: skip


def closed_pipe():
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize(
    "arguments",
    [["case", "list"], ["ping"], ["version"], ["--help"], ["describe"], ["call", "Check"],
     ["event", "tail", "--from", "beginning", "--no-follow"], ["policy", "get"], ["sla", "board", "--once"]],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("output", ["table", "jsonl"])
def test_output_that_cannot_be_written_is_said(desk, ctl, arguments, output):
    desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    with open("/dev/full", "w") as full:
        process = run(ctl, arguments, output, stdout=full, stderr=subprocess.PIPE)
    assert process.returncode == FAILED and FULL in process.stderr, process
    pipe = closed_pipe()
    process = run(ctl, arguments, output, stdout=pipe, stderr=subprocess.PIPE)
    os.close(pipe)
    assert process.returncode == FAILED and BROKEN in process.stderr, process


def test_a_change_whose_report_is_lost_is_said_to_be_made(desk, ctl):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    with open("/dev/full", "w") as full:
        process = run(ctl, ["case", "note", case.id, "seen"], stdout=full, stderr=subprocess.PIPE)
    assert process.returncode == FAILED and FULL in process.stderr, process
    assert "the change was made" in process.stderr
    # What it says to type shows the answer and makes no second note.
    line = next(line for line in process.stderr.splitlines() if "--request-id" in line)
    words = line.split()[1:]
    again = subprocess.run(
        [ctl.binary, *words], env=ctl.environment(), capture_output=True, text=True, timeout=30
    )
    assert again.returncode == DONE, again
    kinds = [kind_of(entry) for entry in ctl.done("case", "timeline", case.id).json["entries"]]
    assert kinds.count("noted") == 1, kinds


def test_a_read_says_nothing_of_changes(ctl):
    with open("/dev/full", "w") as full:
        process = run(ctl, ["case", "list"], stdout=full, stderr=subprocess.PIPE)
    assert "change" not in process.stderr, process


def test_an_import_whose_report_is_lost_says_so(ctl, module_world):
    file = module_world.path / "one.jsonl"
    file.write_text(order("LOST-1"))
    with open("/dev/full", "w") as full:
        process = run(ctl, ["order", "import", str(file)], stdout=full, stderr=subprocess.PIPE)
    assert process.returncode == FAILED and FULL in process.stderr, process
    assert "stays changed" in process.stderr
    ctl.done("order", "get", "LOST-1")


def order(number, **fields):
    lines = [{"sku": "MUG", "name": "Mug", "quantity": 1, "unit_price_minor": 450}]
    value = {"order_no": number, "placed_at": "2026-11-20 10:00:00", "currency": "GBP", "lines": lines}
    return json.dumps({**value, **fields}) + "\n"


@pytest.mark.parametrize("kind", ["closed pipe", "full", "closed"])
def test_a_closed_stderr_stops_no_import(ctl, module_world, kind):
    """Each line that is refused is told there."""
    name = kind.replace(" ", "-")
    file = module_world.path / f"{name}.jsonl"
    file.write_text("".join(order(f"{name}-{n}") + "not json\n" for n in range(300)))
    if kind == "closed":
        command = ["sh", "-c", 'exec "$0" "$@" 2>&-', *ctl.line(["order", "import", str(file)], "json")]
        process = subprocess.run(
            command, env=ctl.environment(), stdout=subprocess.PIPE, text=True, timeout=60
        )
    else:
        stderr = closed_pipe() if kind == "closed pipe" else os.open("/dev/full", os.O_WRONLY)
        process = run(ctl, ["order", "import", str(file)], stdout=subprocess.PIPE, stderr=stderr)
        os.close(stderr)
    assert process.returncode == FAILED, process
    summary = json.loads(process.stdout)
    assert (summary["accepted"], summary["refused"]) == (300, 300), summary


@pytest.mark.parametrize("reader", ["head -1", "nobody"])
def test_an_import_goes_on_when_both_its_outputs_are_one_closed_pipe(ctl, module_world, reader):
    """`2>&1 | head -1`: the first refused line is read, and then nobody reads either stream."""
    name = reader.replace(" ", "")
    folder = module_world.path / name
    folder.mkdir()
    orders, refused = 100, 2_000
    # Together the lines about them are more than a pipe holds, so the reader is gone before the last one.
    lines = ["not json\n" * (refused // orders) + order(f"{name}-{n}") for n in range(orders)]
    (folder / "o.jsonl").write_text("".join(lines))
    line = ctl.line(
        ["order", "import", str(folder / "o.jsonl"), "--rejects", str(folder / "r.jsonl")], "json"
    )
    streams = {"env": ctl.environment(), "cwd": folder, "timeout": 60}
    if reader == "nobody":
        pipe = closed_pipe()
        status = subprocess.run(
            line, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, **streams
        ).returncode
        os.close(pipe)
    else:
        script = '{ "$0" "$@"; echo $? > status; } 2>&1 | head -1'
        process = subprocess.run(["sh", "-c", script, *line], capture_output=True, text=True, **streams)
        words = "line 1: the line is no order: it does not begin with '{' [MALFORMED]\n"
        assert process.stdout == words, process
        status = int((folder / "status").read_text())
    assert status == FAILED
    # Nothing was lost by it: each line was pushed, or stands among the rejects.
    assert len((folder / "r.jsonl").read_text().splitlines()) == refused
    for n in (0, orders // 2, orders - 1):
        ctl.done("order", "get", f"{name}-{n}")


def test_nothing_is_printed_into_files_when_the_standard_streams_are_closed(ctl, module_world):
    rejects, file = module_world.path / "r.jsonl", module_world.path / "streams.jsonl"
    file.write_text(order("STREAMS-1") + "not json\n")
    command = ctl.line(["order", "import", str(file), "--rejects", str(rejects)], "json")
    process = subprocess.run(
        ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', *command], env=ctl.environment(), timeout=60
    )
    assert process.returncode == FAILED
    assert [json.loads(line)["original"] for line in rejects.read_text().splitlines()] == ["not json"]


# Control characters.

CSI = "\u009b31m"


def test_control_characters_are_refused_on_entry(desk, ctl):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    for text in (f"a{CSI}b", "a\u001bb", "a\u202eb", "a\u2066b", "a\u2028b"):
        answer = ctl("case", "note", case.id, text)
        assert answer.status == FAILED and "[CONTROL_CHARACTER]" in answer.err, answer
        assert text[1] not in answer.err, answer
    for text in ("عربي \u200fنص", "👩\u200d🏭 ok", "two\nlines\tand a tab"):
        ctl.done("case", "note", case.id, text)


# Files that a command writes.


def test_rejects_are_never_the_file_that_is_imported(ctl, module_world):
    folder = module_world.path / "same"
    folder.mkdir()
    file = folder / "o.jsonl"
    text = order("SAME-1") + "not json\n"
    file.write_text(text)
    (folder / "link").symlink_to(file)
    (folder / "hard").hardlink_to(file)
    for flag in ("--rejects", "--acknowledged"):
        for name in ("o.jsonl", "./o.jsonl", "link", "hard"):
            answer = ctl("order", "import", file, flag, folder / name)
            assert_refused(answer, USAGE, "is the file that is imported")
            assert file.read_text() == text
    with open(file) as stdin:
        process = subprocess.run(
            ctl.line(["order", "import", "-", "--rejects", str(file)], "json"), stdin=stdin,
            env=ctl.environment(), capture_output=True, text=True, timeout=30,
        )  # fmt: skip
    assert process.returncode == USAGE and "is the file that is imported" in process.stderr
    both = folder / "both"
    assert_refused(
        ctl("order", "import", file, "--rejects", both, "--acknowledged", folder / "." / "both"),
        USAGE,
        "one file",
    )
    assert file.read_text() == text


def test_rejects_can_be_imported_again_as_they_are(ctl, module_world):
    folder = module_world.path / "again"
    folder.mkdir()
    (folder / "o.jsonl").write_bytes(
        (order("AGAIN-1") + order("AGAIN-2", currency="XX") + order("AGAIN-3", placed_at="soon")).encode()
        + b'{"\xff"}\n'
    )
    first = ctl("order", "import", folder / "o.jsonl", "--rejects", folder / "r1.jsonl")
    assert first.json["refused"] == 3, first
    rejects = [json.loads(line) for line in (folder / "r1.jsonl").read_text().splitlines()]
    again = ctl("order", "import", folder / "r1.jsonl", "--rejects", folder / "r2.jsonl")
    assert again.json["refused"] == 3 and again.json["refusedByReason"] == first.json["refusedByReason"], (
        again
    )
    twice = [json.loads(line) for line in (folder / "r2.jsonl").read_text().splitlines()]

    def originals(lines):
        return {line.get("original", line.get("originalBase64")) for line in lines}

    assert originals(rejects) == originals(twice) and len(twice) == 3
    # What stood in the way is mended in the file of rejects.
    mended = (folder / "r2.jsonl").read_text().replace("XX", "GBP").replace("soon", "2026-11-20 10:00:00")
    (folder / "mended.jsonl").write_text(mended)
    third = ctl("order", "import", folder / "mended.jsonl")
    assert (third.json["accepted"], third.json["refused"]) == (2, 1), third
    ctl.done("order", "get", "AGAIN-2")


@pytest.mark.parametrize("flag", ["--rejects", "--acknowledged"])
def test_imports_write_through_no_link(ctl, module_world, flag):
    folder = module_world.path / flag.strip("-")
    folder.mkdir()
    (folder / "o.jsonl").write_text(order("LINK-1") + "not json\n")
    (folder / "precious").write_text("precious")
    (folder / "link").symlink_to(folder / "precious")
    (folder / "dangling").symlink_to(folder / "made")
    for name in ("link", "dangling"):
        answer = ctl("order", "import", folder / "o.jsonl", flag, folder / name)
        assert_refused(answer, USAGE, "is a link")
    if flag == "--rejects":
        answer = ctl("order", "import", folder / "o.jsonl", flag, folder / "precious")
        assert_refused(answer, USAGE, "exists already")
    assert (folder / "precious").read_text() == "precious" and not (folder / "made").exists()
    # An empty file that is there, and a device, are taken.
    (folder / "empty").touch(mode=0o644)
    for path in (folder / "empty", "/dev/null"):
        assert ctl("order", "import", folder / "o.jsonl", flag, path).status == FAILED
    assert (folder / "empty").stat().st_size > 0
    assert stat.S_IMODE((folder / "empty").stat().st_mode) == 0o600


def test_a_cursor_is_written_through_no_link(ctl, module_world):
    folder = module_world.path / "cursors"
    folder.mkdir()
    (folder / "precious").write_text("precious")
    (folder / "c.new").symlink_to(folder / "precious")
    (folder / "link").symlink_to(folder / "precious")
    tail = ["event", "tail", "--from", "beginning", "--no-follow", "--cursor-file"]
    ctl.done(*tail, folder / "c")
    assert stat.S_IMODE((folder / "c").stat().st_mode) == 0o600
    answer = ctl(*tail, folder / "link")
    assert_refused(answer, USAGE, "is a link")
    assert (folder / "precious").read_text() == "precious"


@pytest.mark.parametrize(("flag", "words"), [("--trace-file", "traces"), ("--sweep-progress", "progress")])
def test_the_server_writes_through_no_link(world, flag, words):
    (world.path / "precious").write_text("precious")
    (world.path / "link").symlink_to(world.path / "precious")
    process = subprocess.run(
        [world.returnsd, "--data", "d", "--listen", f"unix:{world.path}/s.sock",
         flag, str(world.path / "link")], capture_output=True, text=True, timeout=60, cwd=world.path,
    )  # fmt: skip
    assert (
        process.returncode == 1
        and f"cannot write {words} to {world.path}/link: it is a link" in process.stderr
    )
    assert (world.path / "precious").read_text() == "precious"


def test_a_saved_token_goes_into_a_new_file_only(ctl, module_world):
    folder = module_world.path / "save"
    folder.mkdir()
    (folder / "dangling").symlink_to(folder / "made")
    (folder / "there").write_text("precious")
    for name in ("dangling", "there"):
        answer = ctl("principal", "create", f"saved-{name}", "--role", "service", "--save", folder / name)
        assert_refused(answer, USAGE, "exists already")
    assert not (folder / "made").exists() and (folder / "there").read_text() == "precious"


# The screen of the board.

SCREEN, NO_SCREEN = "\x1b[?1049h", "\x1b[?1049l"


def board(ctl, world):
    terminal = Terminal(ctl, "sla", "board", "--every", "1s")
    world.at_end(terminal.end)
    terminal.wait_for("returns desk")
    assert SCREEN in terminal.screen and NO_SCREEN not in terminal.screen
    return terminal


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT], ids=lambda n: n.name
)
def test_the_screen_is_given_back_at_a_signal(ctl, module_world, number):
    terminal = board(ctl, module_world)
    os.kill(terminal.pid, number)
    assert terminal.wait() == INTERRUPTED
    assert terminal.screen.rstrip().endswith(NO_SCREEN), terminal.screen[-200:]


def test_the_screen_is_given_back_at_a_second_ctrl_c(world):
    """While the server does not answer, so that the first one waits."""
    server = world.server()
    terminal = board(world.ctl(server), world)
    server.process.send_signal(signal.SIGSTOP)
    try:
        for _ in range(2):
            os.kill(terminal.pid, signal.SIGINT)
        assert terminal.wait() == INTERRUPTED
    finally:
        server.process.send_signal(signal.SIGCONT)
    assert terminal.screen.count(NO_SCREEN) == 1, terminal.screen[-200:]


def test_the_screen_is_given_back_when_the_board_fails(world):
    server = world.server()
    ctl = world.ctl(server)
    ctl.done("principal", "create", "watcher", "--role", "auditor", "--save", world.path / "watcher")
    terminal = board(ctl.with_token(world.path / "watcher"), world)
    ctl.done("principal", "revoke", "watcher", "--yes")
    assert terminal.wait(seconds=40) not in (DONE, INTERRUPTED)
    _, _, tail = terminal.screen.partition(NO_SCREEN)
    assert "error:" in tail, terminal.screen[-300:]


@pytest.mark.parametrize("kind", ["closed pipe", "full"])
def test_the_screen_is_given_back_without_a_stderr(ctl, module_world, kind):
    """The failure cannot be told then, but the terminal is as it was."""
    leader, follower = pty.openpty()
    stderr = closed_pipe() if kind == "closed pipe" else os.open("/dev/full", os.O_WRONLY)
    process = subprocess.Popen(
        ctl.line(["sla", "board", "--every", "1s"], None), stdin=follower, stdout=follower, stderr=stderr,
        env=ctl.environment(), start_new_session=True,
    )  # fmt: skip
    os.close(follower)
    os.close(stderr)
    shown = b""
    try:

        def read():
            nonlocal shown
            try:
                shown += os.read(leader, 65_536)
            except OSError:
                return False
            return True

        while b"returns desk" not in shown:
            assert read(), shown
        process.send_signal(signal.SIGTERM)
        while read():
            pass
        assert process.wait(timeout=20) == INTERRUPTED
    finally:
        process.kill()
        process.wait()
        os.close(leader)
    assert NO_SCREEN.encode() in shown


def test_a_server_whose_log_nobody_reads_serves_on(world):
    """stderr is a pipe whose reader has gone."""
    pipe = closed_pipe()
    process = subprocess.Popen(
        [world.returnsd, "--data", "d", "--listen", f"unix:{world.path}/s.sock", "--log-level", "debug"],
        stdout=subprocess.DEVNULL, stderr=pipe, cwd=world.path,
    )  # fmt: skip
    os.close(pipe)
    try:
        token = world.path / "d" / "admin.token"
        wait_until(token.exists, "the first start")
        wait_until((world.path / "s.sock").exists, "the socket")
        command = [
            world.returnsctl,
            "--server",
            f"unix:{world.path}/s.sock",
            "--token-file",
            str(token),
            "ping",
        ]
        assert subprocess.run(command, capture_output=True, timeout=30).returncode == DONE
    finally:
        process.terminate()
        assert process.wait(timeout=40) == 0
