"""``spectra-gui classify`` as a process: its table, its exit statuses, and what a kill leaves."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from spectra_gui.cli.journal import read_journal
from spectra_gui.engine.classifier import Classifier
from spectra_gui.engine.door import read
from spectra_gui.session.table import COLUMNS
from tests.engine.conftest import sun_like

from .conftest import ENGINE, Run, environment

TYPE_COLUMNS = ("type", "letter", "subtype", "luminosity", "probability", "credible_set")


def write(path: Path, *, seed: int = 0, scale: float = 1.0) -> None:
    spectrum = sun_like(seed)
    columns = [spectrum.wavelength_aa * scale, spectrum.flux, np.full(len(spectrum), 0.01)]
    # Without a name, numbers of the infrared may be wavenumbers, and are declined.
    header = "wavelength_aa flux error"
    np.savetxt(path, np.column_stack(columns), fmt="%.5f", header=header)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three spectra, one of the infrared, and an empty file."""
    folder = tmp_path_factory.mktemp("spectra")
    for n in range(3):
        write(folder / f"star{n}.txt", seed=n)
    write(folder / "infrared.txt", scale=5.0)
    (folder / "empty.fits").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def whole_run(
    spectra_gui: Run, folder: Path, tiny_bundle: Path
) -> tuple[subprocess.CompletedProcess[str], Path]:
    out = folder.parent / "table.csv"
    result = spectra_gui(
        "classify", folder, "--out", out, "--probabilities", "--bundle", tiny_bundle, *ENGINE
    )
    return result, out


def rows_of(text: str) -> dict[str, dict[str, str]]:
    """The rows of a CSV table by file name."""
    return {Path(row["file"]).name: row for row in csv.DictReader(io.StringIO(text))}


def test_some_failed_files_give_exit_status_1_and_are_named_with_their_reason(
    whole_run: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    result, out = whole_run
    assert result.returncode == 1
    assert "empty.fits is empty" in result.stderr
    assert "5 of 5" not in result.stdout
    assert not out.with_name("table.csv.journal").exists()


def test_the_table_has_the_columns_in_order_and_the_files_in_order(
    whole_run: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    rows = rows_of(whole_run[1].read_text())
    header = list(next(iter(rows.values())))
    assert header[: len(COLUMNS)] == list(COLUMNS)
    assert len(header) == len(COLUMNS) + 420
    assert list(rows) == ["empty.fits", "infrared.txt", "star0.txt", "star1.txt", "star2.txt"]


def test_a_refused_row_has_reasons_and_no_type(
    whole_run: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    row = rows_of(whole_run[1].read_text())["infrared.txt"]
    assert row["state"] == "refuse"
    assert row["reasons"]
    assert [row[name] for name in TYPE_COLUMNS] == [""] * 6
    assert row["p_G2_V"] == ""
    assert row["error"] == ""


def test_an_unreadable_row_has_the_reason_and_nothing_else(
    whole_run: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    row = rows_of(whole_run[1].read_text())["empty.fits"]
    filled = {name for name, value in row.items() if value}
    assert filled == {"file", "index", "name", "state", "error"}
    assert row["state"] == "unreadable"


def test_the_table_says_what_the_python_door_says(
    whole_run: tuple[subprocess.CompletedProcess[str], Path], folder: Path, tiny_bundle: Path
) -> None:
    rows = rows_of(whole_run[1].read_text())
    classifier = Classifier(tiny_bundle, device="cpu")
    for n in range(3):
        row = rows[f"star{n}.txt"]
        verdict = classifier.classify(read(folder / f"star{n}.txt").spectra[0])
        grid = [float(value) for name, value in row.items() if name.startswith("p_")]
        np.testing.assert_allclose(grid, verdict.probabilities.ravel(), atol=1e-5, rtol=0)
        assert row["state"] == verdict.state
        assert row["reasons"] == " ".join(verdict.reasons)
        assert row["bundle"] == "tiny"
        if verdict.state != "refuse":
            assert row["type"] == verdict.type
            assert float(row["probability"]) == pytest.approx(verdict.probability, abs=1e-5)


def test_standard_output_gets_the_same_rows_and_nothing_else(
    spectra_gui: Run,
    whole_run: tuple[subprocess.CompletedProcess[str], Path],
    folder: Path,
    tiny_bundle: Path,
) -> None:
    result = spectra_gui("classify", folder, "--bundle", tiny_bundle, *ENGINE)
    assert result.returncode == 1
    assert next(csv.reader(io.StringIO(result.stdout))) == list(COLUMNS)
    expected = rows_of(whole_run[1].read_text())
    for name, row in rows_of(result.stdout).items():
        same = [column for column in COLUMNS if column not in ("probability", "novelty")]
        assert [row[c] for c in same] == [expected[name][c] for c in same]


def test_sound_files_give_exit_status_0_and_json_is_a_list_of_rows(
    spectra_gui: Run, folder: Path, tiny_bundle: Path, tmp_path: Path
) -> None:
    out = tmp_path / "table.json"
    result = spectra_gui(
        "classify", folder / "star0.txt", "--out", out, "--frame", "observed", "--velocity", "30",
        "--bundle", tiny_bundle, *ENGINE,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    (row,) = json.loads(out.read_text())
    assert list(row) == list(COLUMNS)
    assert row["rv_kms"] == 30.0


def test_names_of_any_origin_stay_one_row_and_run_nothing(
    spectra_gui: Run, tiny_bundle: Path, tmp_path: Path
) -> None:
    names = ["=HYPERLINK(1).txt", "two\nlines.txt", os.fsdecode(b"\xff.txt"), "\N{ROCKET}, b.txt"]
    for name in names:
        write(tmp_path / name)
    spectra = [f"{tmp_path.name}/{name}" for name in names]
    plain = [n.replace("\n", r"\n").replace("\udcff", r"\udcff") for n in spectra]
    out = tmp_path / "table.json"
    for to in ("-", out):
        result = spectra_gui(
            "classify", tmp_path.name, "--out", to, "--bundle", tiny_bundle, *ENGINE,
            cwd=tmp_path.parent,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        if to == "-":
            found = [row["file"] for row in csv.DictReader(io.StringIO(result.stdout))]
        else:
            found = [row["file"] for row in json.loads(out.read_text(encoding="utf-8"))]
        assert sorted(found) == sorted(plain)
    result = spectra_gui(
        "classify", names[0], "--bundle", tiny_bundle, *ENGINE, cwd=tmp_path
    )  # fmt: skip
    assert next(csv.DictReader(io.StringIO(result.stdout)))["file"] == "'=HYPERLINK(1).txt"


def test_an_empty_folder_is_named_as_failed_and_the_others_are_typed(
    spectra_gui: Run, tiny_bundle: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "star.txt")
    result = spectra_gui(
        "classify", "empty", "star.txt", "--bundle", tiny_bundle, *ENGINE, cwd=tmp_path
    )
    assert result.returncode == 1
    assert "empty holds no files" in result.stderr
    assert "1 failed" in result.stderr
    assert list(rows_of(result.stdout)) == ["star.txt"]


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ((), 2, "FILE"),
        (("star.txt", "--out", "table.xlsx"), 2, "xlsx"),
        (("star.txt", "--columns", "1"), 2, "two or three"),
        (("@absent",), 2, "absent"),
        (("star.txt", "--out", "absent/table.csv"), 3, "absent"),
        (("star.txt", "--bundle", "absent"), 3, "absent"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_status(
    arguments: tuple[str, ...], status: int, told: str, spectra_gui: Run, tmp_path: Path
) -> None:
    write(tmp_path / "star.txt")
    result = spectra_gui("classify", *arguments, cwd=tmp_path)
    assert result.returncode == status
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_does_not_exist_is_a_row(
    spectra_gui: Run, folder: Path, tiny_bundle: Path
) -> None:
    result = spectra_gui("classify", "no/such.fits", "--bundle", tiny_bundle, *ENGINE)
    assert result.returncode == 1
    (row,) = rows_of(result.stdout).values()
    assert row["state"] == "unreadable"
    assert row["file"] == "no/such.fits"


@pytest.fixture
def started(tmp_path: Path, folder: Path, tiny_bundle: Path) -> tuple[subprocess.Popen[str], Path]:
    """A run over many files that has written a few rows and is not done."""
    out = tmp_path / "table.csv"
    listed = tmp_path / "many.list"
    listed.write_text("\n".join([str(folder / "star0.txt")] * 5000))
    process = subprocess.Popen(
        [
            sys.executable, "-P", "-m", "spectra_gui", "classify", f"@{listed}", "--out", str(out),
            "--bundle", str(tiny_bundle), *ENGINE,
        ],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
        # A gate that runs in the background hands Ctrl+C down as ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    journal = out.with_name("table.csv.journal")
    while not (journal.exists() and any(True for _ in read_journal(journal))):
        assert process.poll() is None
        time.sleep(0.05)
    return process, out


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupted_run_writes_the_rows_so_far(
    started: tuple[subprocess.Popen[str], Path],
) -> None:
    process, out = started
    children = psutil.Process(process.pid).children()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Interrupted" in told
    assert "Traceback" not in told
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert 0 < len(rows) < 5000
    assert "--resume" in told
    assert out.with_name("table.csv.journal").exists()
    assert not [child for child in children if child.is_running()]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_run_leaves_its_journal_and_no_children(
    started: tuple[subprocess.Popen[str], Path],
) -> None:
    process, out = started
    children = psutil.Process(process.pid).children()
    assert len(children) == 2
    process.kill()
    process.communicate()
    assert not out.exists()
    rows = [row for _, _, row in read_journal(out.with_name("table.csv.journal"))]
    assert rows
    assert list(rows[0]) == list(COLUMNS)
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive
