"""Who the caller is, and whom it trusts."""

from __future__ import annotations

import os
import pathlib
import shlex
import ssl
import stat
import warnings
from dataclasses import dataclass, field

from .limits import CREDENTIAL_BYTES_MAX

ALPN = "rcp/1"


class SecretFileWarning(UserWarning):
    """A file that holds a secret is open to other users of the machine."""


class SecretFileError(OSError):
    """The same where the program asked to be strict: the file is not used."""


def check_secret_file(
    mode: int, path: str | pathlib.Path, name: str, *, strict: bool, stacklevel: int
) -> None:
    """Looks at the mode of a file that holds a secret: one open to others is no secret, or not ours.

    A pipe has no readers beside its two ends.
    """
    if not stat.S_ISREG(mode) or not mode & 0o066:
        return
    text = (
        f"other users of this machine can read or change the {name} file {path}: "
        f"chmod 600 {shlex.quote(str(path))}"
    )
    if strict:
        raise SecretFileError(text)
    warnings.warn(text, SecretFileWarning, stacklevel=stacklevel + 1)


@dataclass(frozen=True, slots=True)
class Token:
    """An API token. Its text stands in no representation of it."""

    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.text.encode()) <= CREDENTIAL_BYTES_MAX:
            raise ValueError(f"a token has 1 to {CREDENTIAL_BYTES_MAX} bytes")

    @classmethod
    def from_file(cls, path: str | pathlib.Path, *, strict: bool = False) -> Token:
        """Reads a token file; white space around the token is not part of it.

        Warns of a file that other users of the machine may read or change; if `strict`, refuses it with
        SecretFileError.
        """
        with open(path, encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            check_secret_file(mode, path, "token", strict=strict, stacklevel=2)
            return cls(file.read().strip())


@dataclass(frozen=True, slots=True)
class TLSOptions:
    """Files for rcps:// addresses, as PEM.

    Without `ca_file` the system's authorities are trusted. A certificate and its key make the client known to
    the server, in place of a token. `server_name` is expected in the server's certificate instead of the
    host. A key file that other users of the machine may read or change is warned of, and refused if `strict`.
    """

    ca_file: str | pathlib.Path | None = None
    certificate_file: str | pathlib.Path | None = None
    key_file: str | pathlib.Path | None = None
    server_name: str | None = None
    strict: bool = False

    def context(self) -> ssl.SSLContext:
        """TLS 1.3 or newer with the protocol's name; raises OSError or ssl.SSLError for bad files."""
        # A certificate's file without a key file beside it holds the key, too.
        if secret := self.key_file or self.certificate_file:
            mode = os.stat(secret).st_mode
            check_secret_file(mode, secret, "key", strict=self.strict, stacklevel=2)
        context = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols([ALPN])
        if self.certificate_file:
            context.load_cert_chain(self.certificate_file, self.key_file)
        return context
