"""What a killed program leaves behind is found; what a living one holds is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from spectra_gui.session import (
    Autosave,
    Document,
    Row,
    discard_recoverable,
    find_recoverable,
    load_session,
    save_session,
    set_label,
)

_KILLED = """
import os, sys
from pathlib import Path
from spectra_gui.session import AddSpectra, Autosave, Document, set_label
document = Document()
document.do(AddSpectra([sys.argv[2]]))
document.do(set_label(document.rows(document.ids), "K3 III"))
autosave = Autosave(Path(sys.argv[1]))
autosave.write(document.snapshot(), origin=Path("/nights/one.spectra.json"))
os.kill(os.getpid(), 9)
"""


def test_the_work_of_a_killed_program_is_found(tmp_path: Path, star: Path) -> None:
    folder = tmp_path / "autosave"
    subprocess.run([sys.executable, "-c", _KILLED, str(folder), str(star)], check=False)
    (found,) = find_recoverable(folder)
    assert (found.n_rows, found.n_reviews) == (1, 1)
    assert found.origin == "/nights/one.spectra.json"
    assert load_session(found.path).rows[0].set_aside.review.label == "K3 III"
    discard_recoverable(found)
    assert find_recoverable(folder) == []


def test_a_living_program_keeps_its_own(tmp_path: Path, typed: Document) -> None:
    autosave = Autosave(tmp_path)
    typed.do(set_label(typed.rows(typed.ids), "K3 III"))
    autosave.write(typed.snapshot(), origin=None)
    assert find_recoverable(tmp_path) == []
    autosave.discard()


def test_a_program_that_ends_in_peace_leaves_nothing(tmp_path: Path, typed: Document) -> None:
    autosave = Autosave(tmp_path)
    autosave.write(typed.snapshot(), origin=None)
    autosave.discard()
    assert list(tmp_path.glob("autosave*")) == []


def test_a_damaged_autosave_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "autosave-0.spectra.json").write_text("{")
    assert find_recoverable(tmp_path) == []


def test_broken_autosaves_hide_no_other(tmp_path: Path, star: Path) -> None:
    loop = tmp_path / "loop.fits"
    loop.symlink_to(loop)
    (tmp_path / "autosave-0.spectra.json").write_text("{")
    (tmp_path / "autosave-1.spectra.json").mkdir()
    (tmp_path / "autosave-2.spectra.json").symlink_to(tmp_path / "autosave-2.spectra.json")
    save_session([Row(id=1, path=str(star))], tmp_path / "autosave-3.spectra.json")
    (tmp_path / "autosave-3.spectra.json.lock").mkdir()
    rows = [Row(id=1, path=str(loop)), Row(id=2, path=str(star))]
    save_session(rows, tmp_path / "autosave-4.spectra.json")
    (found,) = find_recoverable(tmp_path)
    assert (found.path.name, found.n_rows) == ("autosave-4.spectra.json", 2)


def test_no_folder_is_nothing_to_recover(tmp_path: Path) -> None:
    assert find_recoverable(tmp_path / "none") == []
