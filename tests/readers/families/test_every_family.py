"""Every listed format has tests of its own here."""

from __future__ import annotations

from pathlib import Path

from spectra_gui.readers.listing import built_in_formats


def test_every_family_has_its_own_tests() -> None:
    tested = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    listed = {info.name.replace("-", "_") for info in built_in_formats()}
    assert listed <= tested
