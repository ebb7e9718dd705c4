"""Orders of an echelle on the command line: each for itself, or merged."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from tests.echelle import linear_orders, multispec, star

from .conftest import ENGINE, Run


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_merged_orders_are_typed_as_one_spectrum(
    spectra_gui: Run, tmp_path: Path, tiny_bundle: Path
) -> None:
    path = multispec(tmp_path, linear_orders(20))
    engine = ("--bundle", tiny_bundle, *ENGINE)

    apart = spectra_gui("classify", path, *engine)
    merged = spectra_gui("classify", path, *engine, "--merge", "merged")

    assert [row["name"] for row in rows(apart.stdout)][:2] == ["HD 1 aperture 1", "HD 1 aperture 2"]
    (row,) = rows(merged.stdout)
    assert (row["name"], row["error"]) == ("HD 1", "")
    coverage = [float(one["coverage"] or 0.0) for one in rows(apart.stdout)]
    assert float(row["coverage"]) > 5.0 * max(coverage)


def test_spectra_of_two_stars_are_not_merged_and_the_reason_is_in_the_table(
    spectra_gui: Run, tmp_path: Path, tiny_bundle: Path
) -> None:
    path = tmp_path / "pair.npz"
    wave = np.linspace(4000.0, 7000.0, 500)
    np.savez(path, wavelength=wave, flux_vega=star(wave), flux_sirius=star(wave))
    result = spectra_gui("classify", path, "--bundle", tiny_bundle, *ENGINE, "--merge", "merged")
    assert result.returncode == 1
    (row,) = rows(result.stdout)
    assert row["state"] == "unreadable"
    assert "different objects" in row["error"]


def test_a_file_in_wavenumbers_is_read_as_such(
    spectra_gui: Run, tmp_path: Path, tiny_bundle: Path
) -> None:
    wave = np.linspace(4000.0, 7000.0, 1500)
    path = tmp_path / "fourier.txt"
    np.savetxt(path, np.column_stack([1e8 / wave, star(wave)])[::-1])
    result = spectra_gui("classify", path, "--bundle", tiny_bundle, *ENGINE, "--unit", "wavenumber")
    (row,) = rows(result.stdout)
    assert row["error"] == ""
    assert float(row["coverage"]) > 0.5


def test_another_word_is_wrong_usage(spectra_gui: Run, tmp_path: Path) -> None:
    result = spectra_gui("classify", tmp_path / "any.fits", "--merge", "mixed")
    assert result.returncode == 2
    assert "merged" in result.stderr
