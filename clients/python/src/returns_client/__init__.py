"""Client of Returns over RCP/1.

Messages and stubs of the services are in returns_client.returns_v1.
"""

from ._version import VERSION
from .address import Address, Transport
from .calls import BidirectionalCall, Caller, ClientStreamingCall, ServerStreamingCall, UnaryCall
from .client import Client, ConnectionInfo
from .credentials import SecretFileError, SecretFileWarning, TLSOptions, Token
from .errors import (
    AddressUnreachable,
    CertificateError,
    CertificateExpired,
    CertificateNameMismatch,
    CertificateUntrusted,
    ClientCertificateRefused,
    ClientClosed,
    ConnectionFailed,
    ConnectionTimedOut,
    CredentialsRefused,
    HandshakeRefused,
    NotAnRCPServer,
    PlaintextNotAllowed,
    RCPError,
    ServerBusy,
    TLSFilesUnusable,
    TLSNotSpoken,
    TLSRequired,
    VersionRefused,
)
from .interceptors import CallInfo, Interceptor, TraceParent
from .limits import Limits
from .methods import Idempotency, Kind, Method
from .options import CallOptions, ClientOptions, PoolPolicy, RetryPolicy
from .status import Detail, Outcome, Repetition, StatusCode

__version__ = VERSION

__all__ = [
    "Address",
    "AddressUnreachable",
    "BidirectionalCall",
    "CallInfo",
    "CallOptions",
    "Caller",
    "CertificateError",
    "CertificateExpired",
    "CertificateNameMismatch",
    "CertificateUntrusted",
    "Client",
    "ClientCertificateRefused",
    "ClientClosed",
    "ClientOptions",
    "ClientStreamingCall",
    "ConnectionFailed",
    "ConnectionInfo",
    "ConnectionTimedOut",
    "CredentialsRefused",
    "Detail",
    "HandshakeRefused",
    "Idempotency",
    "Interceptor",
    "Kind",
    "Limits",
    "Method",
    "NotAnRCPServer",
    "Outcome",
    "PlaintextNotAllowed",
    "PoolPolicy",
    "RCPError",
    "Repetition",
    "RetryPolicy",
    "SecretFileError",
    "SecretFileWarning",
    "ServerBusy",
    "ServerStreamingCall",
    "StatusCode",
    "TLSFilesUnusable",
    "TLSNotSpoken",
    "TLSOptions",
    "TLSRequired",
    "Token",
    "TraceParent",
    "Transport",
    "UnaryCall",
    "VersionRefused",
]
