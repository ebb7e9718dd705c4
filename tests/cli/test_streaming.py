"""``spectra-gui classify`` over many spectra: flat memory, kills and resumption, pipes and lists.

The networks are the untrained ones of the tests: what is looked at is what stands around them.
"""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from astropy.io import fits

from spectra_gui.cli.journal import read_journal
from tests.engine.conftest import sun_like

from .conftest import ENGINE, Run, environment

N_FILES = 1000
N_ROWS = 2000
MOST_GROWTH_BYTES = 12e6
"""Over 700 files and over 1400 rows of a table, which would take 10 to 40 MB if they were kept."""


def write_star(path: Path, seed: int = 0) -> None:
    spectrum = sun_like(seed, n=800)
    columns = [spectrum.wavelength_aa, spectrum.flux]
    np.savetxt(path, np.column_stack(columns), fmt="%.4f")


def write_survey(path: Path, n_rows: int, n: int = 800) -> None:
    """A table of many spectra, each of which has another first flux."""
    spectrum = sun_like(0, n=n)
    cells = np.zeros(n_rows, [("NAME", "S12"), ("WAVE", ">f4", n), ("FLUX", ">f4", n)])
    cells["NAME"] = [f"star{i}" for i in range(n_rows)]
    cells["WAVE"] = spectrum.wavelength_aa
    cells["FLUX"] = spectrum.flux
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(cells)]).writeto(path)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


class Running:
    """A run of the verb that is under way."""

    def __init__(self, home: Path, bundle: Path, out: Path, *arguments: str | Path) -> None:
        self.out = out
        self.journal = out.with_name(out.name + ".journal")
        line = ["classify", *arguments, "--out", out, "--bundle", bundle, *ENGINE]
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "spectra_gui", *map(str, line)],
            stderr=subprocess.PIPE,
            text=True,
            env=environment(home),
            # A gate that runs in the background hands Ctrl+C down as ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def rows(self) -> int:
        """How many rows the journal has."""
        try:
            return len(re.findall(rb"^\[\d", self.journal.read_bytes(), re.M))
        except OSError:
            return 0

    def wait_for(self, rows: int) -> None:
        """Wait until the journal has so many rows; fails where the run ends before."""
        while self.rows() < rows:
            if self.process.poll() is not None:
                raise AssertionError(self.process.communicate()[1])
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill it without a word, as a machine that loses its power."""
        self.process.kill()
        self.process.communicate()

    def end(self) -> str:
        """Let it come to its end; what it said."""
        _, told = self.process.communicate(timeout=600)
        assert "Traceback" not in told, told
        return told


def memory_bytes(pid: int) -> int:
    """Memory of the program and its children that nobody else has a share of."""
    program = psutil.Process(pid)
    return sum(p.memory_full_info().uss for p in (program, *program.children()))


@pytest.mark.skipif(sys.platform != "linux", reason="memory shares are Linux's")
def test_three_thousand_spectra_take_the_memory_of_a_few(tmp_path: Path, tiny_bundle: Path) -> None:
    write_star(tmp_path / "star.txt")
    folder = tmp_path / "night"
    folder.mkdir()
    for n in range(N_FILES):
        os.link(tmp_path / "star.txt", folder / f"{n:05d}.txt")
    write_survey(tmp_path / "survey.fits", N_ROWS)
    run = Running(tmp_path, tiny_bundle, tmp_path / "table.fits", folder, tmp_path / "survey.fits")
    memory = []
    # What is read ahead of row 850 are files yet, and behind row 1500 only rows of the table.
    for rows in (250, 850, N_FILES + 500, N_FILES + 1900):
        run.wait_for(rows)
        memory.append(memory_bytes(run.process.pid))
    told = run.end()
    assert run.process.returncode == 0, told
    table = fits.getdata(tmp_path / "table.fits")
    assert len(table) == N_FILES + N_ROWS
    assert len(set(table["name"])) == N_FILES + N_ROWS
    assert table["name"][-1] == f"star{N_ROWS - 1}"
    shown = [f"{m / 1e6:.0f} MB" for m in memory]
    assert memory[1] - memory[0] < MOST_GROWTH_BYTES, shown
    assert memory[3] - memory[2] < MOST_GROWTH_BYTES, shown


def test_what_was_killed_goes_on_and_repeats_and_loses_nothing(
    tmp_path: Path, tiny_bundle: Path
) -> None:
    folder = tmp_path / "night"
    folder.mkdir()
    for n in range(150):
        write_star(folder / f"{n:03d}.txt")
    (folder / "075-empty.txt").touch()
    write_survey(folder / "survey.fits", 600)
    out = tmp_path / "table.csv"
    run = Running(tmp_path, tiny_bundle, out, folder)
    typed: list[tuple[int, int]] = []
    # In the middle of the files, then in the middle of the table.
    for rows_so_far in (60, 400):
        run.wait_for(rows_so_far)
        run.kill()
        assert not out.exists()
        with run.journal.open("ab") as stream:
            stream.write(b'[3, 0, {"torn')
        run = Running(tmp_path, tiny_bundle, out, folder, "--resume")
    run.wait_for(600)
    # Nothing is typed twice: the journal has each row once.
    typed = [(number, index) for number, index, _ in read_journal(run.journal)]
    assert len(typed) == len(set(typed))
    told = run.end()
    assert "Going on with" in told
    assert run.process.returncode == 1
    rows = rows_of(out.read_text())
    assert len(rows) == 751
    assert [r["name"] for r in rows[-600:]] == [f"star{i}" for i in range(600)]
    assert [Path(r["file"]).name for r in rows[:151]] == sorted(
        p.name for p in folder.iterdir() if p.name != "survey.fits"
    )
    assert sum(row["state"] == "unreadable" for row in rows) == 1
    assert not run.journal.exists()
    # A table that is whole is left as it is.
    before = out.stat().st_mtime_ns
    run = Running(tmp_path, tiny_bundle, out, folder, "--resume")
    assert "is whole" in run.end()
    assert run.process.returncode == 0
    assert out.stat().st_mtime_ns == before


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_what_changed_since_is_noticed(tmp_path: Path, tiny_bundle: Path, spectra_gui: Run) -> None:
    folder = tmp_path / "night"
    folder.mkdir()
    for n in range(60):
        write_star(folder / f"{n:02d}.txt")
    out = tmp_path / "table.csv"
    run = Running(tmp_path, tiny_bundle, out, folder, folder)
    run.wait_for(40)
    run.process.send_signal(signal.SIGINT)
    told = run.end()
    assert run.process.returncode == 130
    assert "--resume" in told
    assert rows_of(out.read_text())
    (folder / "00.txt").write_text("gone bad\n")
    other = spectra_gui("classify", folder, "--out", out, "--resume", *ENGINE, "--unit", "nm")
    assert other.returncode == 3
    assert "other options" in other.stderr
    other = spectra_gui("classify", folder, "--out", out, "--resume", *ENGINE)
    assert other.returncode == 3
    assert "another bundle" in other.stderr or "were typed by the bundle tiny" in other.stderr
    run = Running(tmp_path, tiny_bundle, out, folder, folder, "--resume")
    told = run.end()
    assert "00.txt changed since" in told
    rows = rows_of(out.read_text())
    assert len(rows) == 120
    assert [Path(r["file"]).name for r in rows if r["state"] == "unreadable"] == ["00.txt"] * 2


def test_lists_and_pipes(tmp_path: Path, tiny_bundle: Path) -> None:
    write_star(tmp_path / "one.txt")
    write_star(tmp_path / "two.txt", seed=2)
    (tmp_path / "names").write_text("# tonight\none.txt\n\ntwo.txt\n")

    def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        line = ["classify", *arguments, "--bundle", str(tiny_bundle), *ENGINE]
        return subprocess.run(
            [sys.executable, "-P", "-m", "spectra_gui", *line],
            input=given, capture_output=True, check=False, cwd=tmp_path,
            env=environment(tmp_path), timeout=600,
        )  # fmt: skip

    done = run("-", given=(tmp_path / "two.txt").read_bytes())
    assert done.returncode == 0, done.stderr.decode()
    (row,) = rows_of(done.stdout.decode())
    assert (row["file"], row["name"]) == ("-", "standard-input")
    done = run("--list", "names")
    assert [r["file"] for r in rows_of(done.stdout.decode())] == ["one.txt", "two.txt"]
    done = run("--list", "-", "two.txt", given="two.txt\nno such ☆.txt\n".encode())
    assert [r["file"] for r in rows_of(done.stdout.decode())] == [
        "two.txt", "two.txt", "no such ☆.txt",
    ]  # fmt: skip
    assert done.returncode == 1
    for wrong in (("--list", "-", "-"), (), ("--resume", "one.txt"), ("--list", "absent")):
        assert run(*wrong).returncode == 2
