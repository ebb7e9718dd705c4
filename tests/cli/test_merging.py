"""Orders and arms on the command line: each for itself, or merged; and how they are numbered."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from spectra_gui.readers import read
from spectra_gui.session import AddSpectra, Document, document_table
from tests.echelle import linear_orders, multispec, star
from tests.readers.families.holding import image, primary, table, write

from .conftest import ENGINE, Run

EMPTY, SHORT, N_TARGETS = 5, 258, 260


def plate(folder: Path) -> Path:
    """More targets than are read at once, in two arms; one has no data and one hardly any."""
    hdus = [
        primary(),
        table("FIBERMAP", TARGETID=np.arange(N_TARGETS), OBJTYPE=["TGT"] * N_TARGETS),
    ]
    for arm, wave in (("B", np.arange(3900.0, 5500.0, 4.0)), ("R", np.arange(5480.0, 7000.0, 4.0))):
        ivar = np.full((N_TARGETS, wave.size), 1e4)
        ivar[EMPTY] = 0.0
        ivar[SHORT, 20:] = 0.0
        flux = np.tile(star(wave), (N_TARGETS, 1))
        for what, values in (("WAVELENGTH", wave), ("FLUX", flux), ("IVAR", ivar)):
            hdus.append(image(values, f"{arm}_{what}"))
    return write(folder, *hdus)


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


def test_a_refused_order_tells_of_merging(
    spectra_gui: Run, tmp_path: Path, tiny_bundle: Path
) -> None:
    path = multispec(tmp_path, linear_orders(20))
    table = rows(spectra_gui("classify", path, "--bundle", tiny_bundle, *ENGINE).stdout)
    assert {row["state"] for row in table} == {"refuse"}
    assert all("--merge merged" in row["reasons"] for row in table)


def test_merging_over_files_is_told_to_be_none(
    spectra_gui: Run, tmp_path: Path, tiny_bundle: Path
) -> None:
    wave = np.linspace(5000.0, 6500.0, 900)
    for n in range(2):
        np.savetxt(tmp_path / f"order{n}.txt", np.column_stack([wave, star(wave)]))
    both = [multispec(tmp_path, linear_orders(20)), *sorted(tmp_path.glob("*.txt"))]
    result = spectra_gui("classify", *both, "--bundle", tiny_bundle, *ENGINE, "--merge", "merged")
    assert len(rows(result.stdout)) == 3
    assert "2 of 3 files hold one spectrum" in result.stderr


def test_one_row_left_over_of_a_large_table_is_no_file_of_one_spectrum(
    spectra_gui: Run, tmp_path: Path, tiny_bundle: Path
) -> None:
    wave = np.linspace(5000.0, 6500.0, 60)
    many = table("STARS", WAVE=np.tile(wave, (251, 1)), FLUX=np.tile(star(wave), (251, 1)))
    path = write(tmp_path, primary(), many)
    result = spectra_gui("classify", path, "--bundle", tiny_bundle, *ENGINE, "--merge", "merged")
    assert "holds one spectrum" not in result.stderr


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


def test_arms_of_many_targets_that_are_taken_apart_each_have_a_row(
    spectra_gui: Run, tmp_path: Path, tiny_bundle: Path
) -> None:
    path = plate(tmp_path)

    result = spectra_gui("classify", path, "--bundle", tiny_bundle, *ENGINE, "--merge", "separate")

    apart = rows(result.stdout)
    names = {f"{target} {arm}" for target in range(N_TARGETS) for arm in "BR" if target != EMPTY}
    assert {row["name"] for row in apart} == names
    assert len({row["index"] for row in apart}) == len(apart) == 2 * (N_TARGETS - 1)


def test_every_door_calls_a_spectrum_by_its_row(
    spectra_gui: Run, tmp_path: Path, tiny_bundle: Path
) -> None:
    path = plate(tmp_path)
    engine = ("--bundle", tiny_bundle, *ENGINE)
    document = Document()
    document.do(AddSpectra([path]))
    document.store_reading(str(path), read(path), revision=0)

    typed = {row["name"]: row for row in rows(spectra_gui("classify", path, *engine).stdout)}
    told = [
        spectra_gui("explain", path, "--index", str(i), *engine).stdout for i in (SHORT - 1, SHORT)
    ]
    beyond = spectra_gui("explain", path, "--index", "700", *engine)

    numbers = {str(i): i for i in range(N_TARGETS) if i != EMPTY}
    assert {name: int(row["index"]) for name, row in typed.items()} == numbers
    assert {row["name"]: row["index"] for row in document_table(document)} == numbers
    assert {s.name: s.meta["row"] for s in read(path).spectra} == numbers
    assert typed[str(SHORT)]["state"] == "refuse"
    assert [text.startswith("refused") for text in told] == [False, True]
    assert "numbers 0 to 259" in beyond.stderr


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
