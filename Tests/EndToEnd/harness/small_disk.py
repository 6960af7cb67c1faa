"""A disk of a few MiB that a test can fill."""

import os
import subprocess

import pytest

_BLOCK = bytes(64 << 10)


class SmallDisk:
    """A file system in memory, mounted for one test; skips the test where mounting is not permitted."""

    def __init__(self, path, mebibytes):
        self.path = path
        self._filler = path / "filler"
        path.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "small", str(path)]
        try:
            mounted = subprocess.run(command, capture_output=True, text=True, timeout=20)
        except FileNotFoundError:
            pytest.skip("there is no mount(8)")
        if mounted.returncode != 0:
            pytest.skip(f"mounting a small disk is not permitted: {mounted.stderr.strip()}")

    @property
    def free_bytes(self):
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize

    def fill(self, leave_bytes=0):
        """Leaves so many bytes free; 0 takes all there is."""
        file = os.open(self._filler, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            while (left := self.free_bytes - leave_bytes) > 0:
                os.write(file, _BLOCK[:left])
        except OSError:
            # Somebody else has taken the rest.
            assert leave_bytes == 0
        finally:
            os.close(file)

    def give_back(self):
        self._filler.unlink()

    def end(self):
        subprocess.run(["umount", "--lazy", str(self.path)], check=True, timeout=20)
