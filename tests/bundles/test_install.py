"""Installing: the weights as they are, the person's words, never over another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from spectra_gui import assets
from spectra_gui.bundles import BundleError, default_bundle_path, load_bundle
from spectra_gui.bundles.install import InstallError, install_bundle


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder of models is one of the test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / assets.APPLICATION


JUDGED = {"present": "mk-ensemble-2", "verdict": "Better: it is.", "outcome": "better"}


def test_a_bundle_gets_its_name_and_words_and_keeps_its_weights(home: Path) -> None:
    source = default_bundle_path()
    folder = install_bundle(source, "mine", words="From our telescope.", judgement=JUDGED)
    assert folder == home / "models" / "mine"
    old, new = load_bundle(source), load_bundle(folder)
    assert (new.name, new.title) == ("mine", "mine")
    assert new.card.startswith("# mine\n")
    assert "From our telescope." in new.card
    assert "Better: it is." in new.card
    assert new.scores["judged"]["outcome"] == "better"
    for member in old.members:
        assert (folder / member.weights.name).read_bytes() == member.weights.read_bytes()


def test_a_bundle_is_never_written_over_another(home: Path) -> None:
    install_bundle(default_bundle_path(), "mine")
    with pytest.raises(InstallError, match="named mine already"):
        install_bundle(default_bundle_path(), "mine")
    with pytest.raises(InstallError, match="named mk-ensemble-2 already"):
        install_bundle(default_bundle_path(), "mk-ensemble-2")


def test_a_damaged_bundle_is_not_installed(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "bad"
    shutil.copytree(default_bundle_path(), source)
    (source / "tables.safetensors").write_bytes(b"0")
    with pytest.raises(BundleError, match="damaged"):
        install_bundle(source, "mine")
    assert list((home / "models").iterdir()) == []


def test_a_place_that_takes_no_files_is_told(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "models").write_text("in the way")
    with pytest.raises(InstallError, match="cannot be written"):
        install_bundle(default_bundle_path(), "mine")
    assert assets.user_models_folder().is_file()
