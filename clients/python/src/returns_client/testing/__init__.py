"""A server in your own process, to test what you build on the client."""

from .context import CallContext
from .local_server import LocalServer

__all__ = ["CallContext", "LocalServer"]
