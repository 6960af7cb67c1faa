"""Who the caller is, and whom it trusts."""

from __future__ import annotations

import os
import pathlib
import ssl
import stat
import warnings
from dataclasses import dataclass, field

from .limits import CREDENTIAL_BYTES_MAX

ALPN = "rcp/1"


class TokenFileWarning(UserWarning):
    """A token file is open to other users; an error for programs that have `warnings` raise it."""


@dataclass(frozen=True, slots=True)
class Token:
    """An API token. Its text stands in no representation of it."""

    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.text.encode()) <= CREDENTIAL_BYTES_MAX:
            raise ValueError(f"a token has 1 to {CREDENTIAL_BYTES_MAX} bytes")

    @classmethod
    def from_file(cls, path: str | pathlib.Path) -> Token:
        """Reads a token file; white space around the token is not part of it.

        Warns of a file that other users of the machine may read or change.
        """
        with open(path, encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_ISREG(mode) and mode & 0o066:
                text = (
                    f"other users of this machine can read or change the token file {path}: chmod 600 {path}"
                )
                warnings.warn(text, TokenFileWarning, stacklevel=2)
            return cls(file.read().strip())


@dataclass(frozen=True, slots=True)
class TLSOptions:
    """Files for rcps:// addresses, as PEM.

    Without `ca_file` the system's authorities are trusted. A certificate and its key make the client known to
    the server, in place of a token. `server_name` is expected in the server's certificate instead of the
    host.
    """

    ca_file: str | pathlib.Path | None = None
    certificate_file: str | pathlib.Path | None = None
    key_file: str | pathlib.Path | None = None
    server_name: str | None = None

    def context(self) -> ssl.SSLContext:
        """TLS 1.3 or newer with the protocol's name; raises OSError or ssl.SSLError for bad files."""
        context = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols([ALPN])
        if self.certificate_file:
            context.load_cert_chain(self.certificate_file, self.key_file)
        return context
