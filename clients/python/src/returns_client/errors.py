"""What a call or a connection can fail with."""

from __future__ import annotations

import uuid

from .status import RETRY_AT_WILL, RETRY_NEVER, Detail, Outcome, Repetition, StatusCode, may_repeat
from .wire.metadata import Metadata


class RCPError(Exception):
    """A call that did not succeed; the text says what to do about it.

    `outcome` is the word on a mutation: NOT_APPLIED changed nothing, APPLIED did, UNKNOWN may have: repeat it
    under the same `request_id`, under which an applied call is answered again (SPEC.md §7.3).
    `retry_after_milliseconds` is −1 for "do not repeat", 0 for "whenever you like".
    """

    def __init__(
        self,
        code: StatusCode,
        text: str,
        *,
        outcome: Outcome = Outcome.NOT_APPLIED,
        retry_after_milliseconds: int = RETRY_AT_WILL,
        details: tuple[Detail, ...] = (),
        trailers: Metadata = (),
        request_id: uuid.UUID | None = None,
        method: str = "",
    ) -> None:
        if retry_after_milliseconds < RETRY_NEVER:
            raise ValueError(
                f"retry-after is a wait in milliseconds, 0 or -1, not {retry_after_milliseconds}"
            )
        super().__init__(code, text)
        self.code = code
        self.text = text
        self.outcome = outcome
        self.retry_after_milliseconds = retry_after_milliseconds
        self.details = details
        self.trailers = trailers
        self.request_id = request_id
        self.method = method

    @property
    def repetition(self) -> Repetition:
        """Whether the call may be sent again, and how."""
        return may_repeat(self.code, self.outcome, self.retry_after_milliseconds)

    @property
    def is_outcome_unknown(self) -> bool:
        """Whether the call may have been applied although it failed."""
        return self.outcome is Outcome.UNKNOWN

    def __str__(self) -> str:
        where = f"{self.method}: " if self.method else ""
        parts = [f"{where}{self.code.name}: {self.text}"]
        for detail in self.details:
            # A detail that only repeats the headline still names field and reason.
            words = detail.reason if detail.text in ("", self.text) else detail.text
            parts.append(f"{detail.field or 'request'}: {words}")
        if self.is_outcome_unknown:
            parts.append("it may have been applied: repeat it under the same request id")
        return "; ".join(parts)


class ConnectionFailed(RCPError):
    """No connection could be made, so no call was sent.

    `is_permanent` tells that trying again will not help until somebody changes something.
    """

    is_permanent = False
    code_of_class = StatusCode.UNAVAILABLE

    def __init__(self, text: str) -> None:
        retry_after = RETRY_NEVER if self.is_permanent else RETRY_AT_WILL
        super().__init__(self.code_of_class, text, retry_after_milliseconds=retry_after)


class AddressUnreachable(ConnectionFailed):
    """Nothing listens there, or the name is unknown."""


class ConnectionTimedOut(ConnectionFailed):
    """The server said nothing in time."""


class ServerBusy(ConnectionFailed):
    """The server has too many connections, or stops (REFUSED OVERLOADED, DRAINING)."""


class NotAnRCPServer(ConnectionFailed):
    """Something else listens there: the port is wrong."""

    is_permanent = True


class TLSRequired(ConnectionFailed):
    """The server speaks TLS, and was spoken to without: use rcps://."""

    is_permanent = True


class TLSNotSpoken(ConnectionFailed):
    """The server does not speak TLS, and was spoken to with: use rcp://."""

    is_permanent = True


class PlaintextNotAllowed(ConnectionFailed):
    """Token and calls would go to another machine unencrypted: use rcps://, or allow_plaintext=True."""

    is_permanent = True


class VersionRefused(ConnectionFailed):
    """Client and server have no version of the protocol in common."""

    is_permanent = True


class HandshakeRefused(ConnectionFailed):
    """The server found the handshake malformed."""

    is_permanent = True


class TLSFilesUnusable(ConnectionFailed):
    """The files of certificates and keys that were given here cannot be read, or do not belong together."""

    is_permanent = True


class CertificateError(ConnectionFailed):
    """The server's certificate is not good."""

    is_permanent = True


class CertificateUntrusted(CertificateError):
    """No authority that is trusted here has issued the server's certificate."""


class CertificateExpired(CertificateError):
    """The server's certificate has expired, or is not valid yet."""


class CertificateNameMismatch(CertificateError):
    """The server's certificate is for another name."""


class CredentialsRefused(ConnectionFailed):
    """The server knows no such principal: the token is wrong, expired or revoked."""

    is_permanent = True
    code_of_class = StatusCode.UNAUTHENTICATED


class ClientCertificateRefused(CredentialsRefused):
    """The server asks for a client certificate, or does not accept the one it got."""


class ClientClosed(RCPError):
    """The client has been closed."""

    def __init__(self) -> None:
        super().__init__(StatusCode.CANCELLED, "this client is closed", retry_after_milliseconds=RETRY_NEVER)
