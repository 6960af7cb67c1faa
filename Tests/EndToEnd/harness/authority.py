"""Certificates for tests."""

import datetime

import trustme

DAY = datetime.timedelta(days=1)


class Authority:
    """A certificate authority and the files that it has issued into one folder."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self.authority.cert_pem.write_to_path(self.ca_file)

    def issue(self, name, *identities, days=30):
        now = datetime.datetime.now(datetime.UTC)
        leaf = self.authority.issue_cert(
            *(identities or (name,)), not_before=now - 60 * DAY, not_after=now + days * DAY
        )
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        key.touch(mode=0o600)
        key.write_bytes(leaf.private_key_pem.bytes())
        return certificate, key
