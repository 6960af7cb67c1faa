"""The wheel that others install holds what they need, and asks for a protobuf that they may have."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
import tomllib
import zipfile

PROJECT = pathlib.Path(__file__).resolve().parents[1]


def test_the_wheel_is_complete_and_works_by_itself(tmp_path: pathlib.Path) -> None:
    # From a copy: setuptools leaves its own files in the folder that it builds.
    source = tmp_path / "source"
    (source / "src").mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((PROJECT / name).read_bytes())
    (source / "src" / "returns_client").symlink_to(PROJECT / "src" / "returns_client")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", tmp_path, source], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    names = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    assert {"returns_client/py.typed", "returns_client/_generated/returns/v1/case_pb2.pyi"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"returns_client"}
    modules = "returns_client, returns_client.returns_v1, returns_client.events, returns_client.testing"
    code = f"import {modules}; print(returns_client.__file__)"
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"PYTHONPATH": str(installed)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout.startswith(str(installed))


def test_the_range_of_protobuf_is_that_of_the_generated_code() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    generated = (PROJECT / "src/returns_client/_generated/returns/v1/case_pb2.py").read_text()
    version = re.findall(r"^# Protobuf Python Version: (\S+)$", generated, re.MULTILINE)[0]
    # Its own major version and the next.
    assert project["dependencies"] == [f"protobuf>={version},<{int(version.split('.')[0]) + 2}"]
