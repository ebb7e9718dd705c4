"""Where the program's own files are found: in the package first, then beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectra_gui import assets


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder in an otherwise empty place."""
    package = tmp_path / "spectra_gui"
    package.mkdir()
    monkeypatch.setattr(assets, "_PACKAGE", package)
    return package


def test_a_wheel_has_its_files_inside_the_package(package: Path) -> None:
    for folder in (package / "models", package / "resources", package.parent / "models"):
        folder.mkdir()
    assert assets.models_folder() == package / "models"
    assert assets.resources_folder() == package / "resources"


def test_a_checkout_has_them_beside_the_package(package: Path) -> None:
    (package.parent / "models").mkdir()
    assert assets.models_folder() == package.parent / "models"


def test_examples_are_the_files_without_their_table(package: Path) -> None:
    assert assets.example_files() == []
    folder = package / "resources" / "examples"
    folder.mkdir(parents=True)
    for name in ("02.txt", "01.fits", ".hidden", assets.EXAMPLES_TABLE):
        (folder / name).write_text("")
    assert [path.name for path in assets.example_files()] == ["01.fits", "02.txt"]


def test_a_users_bundles_stand_in_the_users_own_folder() -> None:
    assert assets.user_models_folder().parent == assets.user_data_folder()
    assert assets.bundle_folders() == (assets.models_folder(), assets.user_models_folder())
