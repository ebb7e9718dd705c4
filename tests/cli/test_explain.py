"""``spectra-gui explain`` as a process."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from spectra_gui import assets
from tests.engine.conftest import write_text

from .conftest import ENGINE, Run


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_text(tmp_path_factory.mktemp("star"), "star.txt")


def test_without_out_it_tells_the_type_and_a_line_for_each_strip(
    spectra_gui: Run, star: Path, tiny_bundle: Path
) -> None:
    result = spectra_gui("explain", star, "--bundle", tiny_bundle, *ENGINE)
    assert result.returncode == 0, result.stderr
    assert "what spoke for" in result.stdout
    assert len([line for line in result.stdout.splitlines() if line.startswith("  ")]) >= 3


def test_a_star_that_the_networks_learnt_from_is_told(spectra_gui: Run, tmp_path: Path) -> None:
    star = write_text(tmp_path, "hd_095735.txt")
    out = tmp_path / "evidence.json"
    spectra_gui("explain", star, "--out", out, *ENGINE)
    result = spectra_gui("explain", star, *ENGINE)
    assert "Seen in training: the networks learnt from HD 95735." in result.stdout
    assert json.loads(out.read_text())["seen"] == {"star": "HD 95735", "by": "name"}


def test_csv_and_json_hold_the_same_strips(
    spectra_gui: Run, star: Path, tiny_bundle: Path, tmp_path: Path
) -> None:
    table, document = tmp_path / "evidence.csv", tmp_path / "evidence.json"
    for out in (table, document):
        result = spectra_gui(
            "explain", star, "--target", "luminosity", "--out", out, "--bundle", tiny_bundle,
            *ENGINE,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
    with table.open(newline="") as stream:
        header, *rows = list(csv.reader(stream))
    content = json.loads(document.read_text())
    assert content["target"] == "luminosity"
    names = [strip["name"] for strip in content["strips"]]
    assert header == ["wavelength_aa", *(n for s in names for n in (s, f"{s} spread"))]
    numbers = np.array(rows, dtype=float)
    np.testing.assert_allclose(numbers[:, 0], content["wavelength_aa"])
    np.testing.assert_allclose(numbers[:, 1], content["strips"][0]["relevance"], atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("absent.fits",), 1, "absent.fits"),
        (("star.txt", "--out", "evidence.png"), 2, "png"),
        (("star.txt", "--index", "3"), 2, "--index 3"),
        (("star.txt", "--bundle", "absent"), 3, "absent"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_status(
    arguments: tuple[str, ...], status: int, told: str, spectra_gui: Run, star: Path
) -> None:
    result = spectra_gui("explain", *arguments, cwd=star.parent)
    assert result.returncode == status
    assert told in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("ending", [".csv", ".json"])
def test_a_table_is_readable_by_whom_the_umask_lets(
    ending: str, spectra_gui: Run, star: Path, tiny_bundle: Path, tmp_path: Path
) -> None:
    out, other = tmp_path / f"evidence{ending}", tmp_path / "other"
    other.write_text("made as any file is")

    spectra_gui("explain", star, "--out", out, "--bundle", tiny_bundle, *ENGINE)

    assert out.stat().st_mode == other.stat().st_mode


def test_a_refused_spectrum_has_reasons_and_no_evidence(spectra_gui: Run) -> None:
    cut_off = assets.examples_folder() / "22-text.txt"
    result = spectra_gui("explain", cut_off, *ENGINE)
    assert result.returncode == 1
    assert result.stdout.startswith("refused\n  ")
    assert "what spoke for" not in result.stdout


def test_of_a_refused_spectrum_no_table_is_written(spectra_gui: Run, tmp_path: Path) -> None:
    cut_off = assets.examples_folder() / "22-text.txt"
    out = tmp_path / "evidence.json"

    to_file = spectra_gui("explain", cut_off, "--out", out, *ENGINE)
    to_pipe = spectra_gui("explain", cut_off, "--out", "-", *ENGINE)

    for result in (to_file, to_pipe):
        assert result.returncode == 1
        assert result.stdout == ""
        assert "22-text.txt is refused" in result.stderr
        assert "covered" in result.stderr
    assert not out.exists()


def test_merging_a_file_of_one_spectrum_is_told_to_be_nothing(
    spectra_gui: Run, tmp_path: Path, tiny_bundle: Path
) -> None:
    path = tmp_path / "one.txt"
    wave = np.linspace(3900.0, 6800.0, 900)
    np.savetxt(path, np.column_stack([wave, 1.0 + 0.1 * np.sin(wave / 9.0)]))
    result = spectra_gui("explain", path, "--merge", "merged", "--bundle", tiny_bundle, *ENGINE)
    assert "The file holds one spectrum, which stayed as it is" in result.stderr
