"""Certificates for tests."""

from __future__ import annotations

import datetime
import pathlib
import ssl

import trustme

from returns_client import TLSOptions

DAY = datetime.timedelta(days=1)


class Authority:
    """A certificate authority and the files that it has issued into one folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self.authority.cert_pem.write_to_path(str(self.ca_file))

    def issue(self, name: str, *identities: str, days: int = 30) -> tuple[pathlib.Path, pathlib.Path]:
        now = datetime.datetime.now(datetime.UTC)
        leaf = self.authority.issue_cert(
            *(identities or (name,)), not_before=now - 60 * DAY, not_after=now + days * DAY
        )
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        key.touch(mode=0o600)
        key.write_bytes(leaf.private_key_pem.bytes())
        return certificate, key

    def files(self, name: str) -> tuple[pathlib.Path, pathlib.Path]:
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def server_context(self, name: str, *, clients: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(*self.files(name))
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca_file)
        return context

    def client(self, name: str | None = None) -> TLSOptions:
        certificate, key = self.files(name) if name else (None, None)
        return TLSOptions(self.ca_file, certificate, key)
