"""A folder gives what may be a spectrum, in order, and nothing that lies beside."""

from __future__ import annotations

from pathlib import Path

from spectra_gui import assets
from spectra_gui.session.folders import spectra_in


def test_a_folder_gives_its_files_in_order_without_texts_and_pictures(tmp_path: Path) -> None:
    names = ("b.dat", "a", "README", "x.PNG", ".git", "notes.md", "types.csv.journal", "x.TAR.gz")
    for name in (*names, assets.EXAMPLES_TABLE):
        (tmp_path / name).write_text("")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "night.fits").write_text("")
    assert list(spectra_in(tmp_path)) == [
        tmp_path / "a", tmp_path / "b.dat", tmp_path / "c" / "night.fits"
    ]  # fmt: skip


def test_the_examples_are_what_their_folder_gives() -> None:
    assert list(spectra_in(assets.examples_folder())) == assets.example_files()
    assert len(assets.example_files()) >= 24
