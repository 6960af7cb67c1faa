"""Fixtures: folders with short paths, an authority, and the real server."""

from __future__ import annotations

import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from authority import Authority
from returnsd import Returnsd


@pytest.fixture
def folder() -> Iterator[pathlib.Path]:
    # The path of a Unix socket has at most 107 bytes, which pytest's own folders can exceed.
    path = pathlib.Path(tempfile.mkdtemp(prefix="rp-", dir="/tmp"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def session_folder() -> Iterator[pathlib.Path]:
    path = pathlib.Path(tempfile.mkdtemp(prefix="rp-", dir="/tmp"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def authority(session_folder: pathlib.Path) -> Authority:
    authority = Authority(session_folder / "authority")
    authority.issue("server", "localhost", "127.0.0.1", "returns.example.com")
    authority.issue("expired", "localhost", "127.0.0.1", days=-1)
    authority.issue("elsewhere", "elsewhere.example.com")
    authority.issue("shop.example.com")
    return authority


@pytest.fixture(scope="session")
def stranger(session_folder: pathlib.Path) -> Authority:
    stranger = Authority(session_folder / "stranger")
    stranger.issue("shop.example.com")
    return stranger


@pytest.fixture(scope="session")
def binary() -> str:
    path = os.environ.get("RETURNSD", "")
    if not os.access(path, os.X_OK):
        # A failure, not a skip: a run that could not look has shown nothing.
        pytest.fail("set RETURNSD to the path of returnsd: build it first", pytrace=False)
    return os.path.abspath(path)


@pytest.fixture(scope="session")
def returnsd(binary: str, session_folder: pathlib.Path, authority: Authority) -> Iterator[Returnsd]:
    """Plaintext first, then TLS without and a Unix socket; client certificates are optional."""
    certificate, key = authority.files("server")
    server = Returnsd(
        binary, session_folder / "d", "--listen", "rcps://127.0.0.1:0", "--listen",
        f"unix:{session_folder}/d.sock", "--tls-certificate", certificate, "--tls-key", key,
        "--tls-client-ca", authority.ca_file,
    )  # fmt: skip
    yield server
    server.end()
