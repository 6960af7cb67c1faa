"""The next build of returnsd that test_changeover.py is tried with can be made out of the tree as it is.

To build it takes minutes, so that is left to who changes over two builds; that the places which change are
still there is looked at here.
"""

import importlib.util
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_every_place_that_changes_is_there_once():
    file = ROOT / "Tests" / "EndToEnd" / "newer_build.py"
    spec = importlib.util.spec_from_file_location("newer_build", file)
    newer_build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(newer_build)
    texts = newer_build.changed(ROOT)
    assert texts.keys() == newer_build.CHANGES.keys()
    assert all(text != (ROOT / name).read_text() for name, text in texts.items())
