"""Drives any server of RCP/1 through the cases of gRPC's interoperability tests that apply.

The server has to offer rcp.conformance.v1 (returnsd --conformance). Run it with
`python -m returns_client.conformance ADDRESS --token-file FILE`.
"""

from .runner import Result, Setting, header, line, run_all, summary

__all__ = ["Result", "Setting", "header", "line", "run_all", "summary"]
