"""A clock that the test sets, for one process: libfaketime, which
reads its offset from a file again and again."""

import os
import pathlib
import re
import subprocess

from .processes import is_running

LIBRARY = pathlib.Path(__file__).resolve().parents[3] / ".venv" / "lib" / "libfaketimeMT.so.1"


# The library changes the environment of a process that is not told what to share, and Swift's programs then
# find no arguments; the shell's environment is changed before it becomes the program.
THROUGH_SHELL = ("sh", "-c", 'exec "$0" "$@"')


def remove_leftovers():
    """What the library shares between processes stays behind where they are killed."""
    for path in pathlib.Path("/dev/shm").glob("*faketime_s*_*"):
        found = re.search(r"faketime_(?:sem|shm)_(\d+)$", path.name)
        if found and not is_running(int(found[1])):
            path.unlink(missing_ok=True)


class SteppedClock:
    """The wall clock of whoever is started in its environment; monotonic clocks go on as they are."""

    def __init__(self, folder, name):
        assert LIBRARY.exists(), "libfaketime is missing: run scripts/bootstrap --tests"
        self._file = pathlib.Path(folder) / f"{name}.clock"
        self._timers = self._file.with_suffix(".so")
        source = pathlib.Path(__file__).with_name("timers.c")
        compiler = os.environ.get("CC", "cc")
        subprocess.run(
            [compiler, "-O2", "-shared", "-fPIC", "-o", self._timers, source], check=True, timeout=60
        )
        self.step(0)

    def step(self, hours):
        # Replaced and not rewritten, since it may be read at any time.
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{hours:+d}h\n")
        draft.rename(self._file)

    @property
    def environment(self):
        return {
            **os.environ,
            # redis-server's allocator asks for the time before the library is ready; that of libc does not.
            "LD_PRELOAD": f"{self._timers} {LIBRARY} libc.so.6",
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
