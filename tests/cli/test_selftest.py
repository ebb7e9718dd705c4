"""``spectra-gui selftest``: a line for each point, and an exit status that counts them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from spectra_gui import assets
from spectra_gui.cli import selftest

from .conftest import Run


def test_this_installation_works(spectra_gui: Run) -> None:
    result = spectra_gui("selftest")
    assert result.returncode == 0, result.stdout
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ok"] * 5
    assert "→" in lines[-1]


def test_a_missing_bundle_is_told_and_gives_status_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nowhere(name: str) -> Callable[[], Path]:
        return lambda: tmp_path / name

    monkeypatch.setattr(assets, "models_folder", nowhere("models"))
    monkeypatch.setattr(assets, "user_models_folder", nowhere("own"))
    for check in ("_check_window", "_check_reader", "_check_engine"):
        monkeypatch.setattr(selftest, check, lambda: "")
    assert selftest.main([]) == 3
    told = capsys.readouterr().out
    assert "failed package data" in told
    assert "failed bundle" in told
