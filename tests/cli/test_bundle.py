"""``spectra-gui bundle``: what is there and whether it is whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from spectra_gui.cli import bundle


def test_a_whole_bundle_is_verified_with_its_members(
    tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bundle.main(["verify", str(tiny_bundle)]) == 0
    told = capsys.readouterr().out
    assert "tiny is whole" in told
    assert "three_branch" in told


def test_a_damaged_bundle_is_told_with_its_name(
    tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(tiny_bundle, damaged)
    (damaged / "CARD.md").write_text("another card")
    assert bundle.main(["verify", str(damaged)]) == 3
    assert "damaged" in capsys.readouterr().err


def test_show_prints_the_card(tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bundle.main(["show", str(tiny_bundle)]) == 0
    assert capsys.readouterr().out == "# Untrained networks\n"


def test_list_names_the_bundles_of_the_user_too(
    tiny_bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("spectra_gui.assets.user_models_folder", lambda: tmp_path)
    shutil.copytree(tiny_bundle, tmp_path / "mine")
    assert bundle.main(["list"]) == 0
    (mine,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("mine ")]
    assert "Untrained networks  (installed by you" in mine
