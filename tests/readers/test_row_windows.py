"""A window of the spectra of a file: the same spectra with the same numbers, and little memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read, read_rows
from spectra_gui.readers.door import RowsError

from .families.holding import image, primary, ramp, table, write

N, N_ROWS = 40, 30
FLUXES = ramp(N) + 10.0 * np.arange(N_ROWS)[:, None]
SKY = (0, 7, 8)


def plate(tmp_path: Path) -> Path:
    kinds = np.array(["SKY" if row in SKY else "STAR" for row in range(N_ROWS)])
    cards = {"COEFF0": 3.6, "COEFF1": 1e-4, "VACUUM": True}
    others = [image(np.zeros((N_ROWS, N))) for _ in range(3)]
    plug = table("PLUGMAP", OBJTYPE=kinds, RA=np.arange(N_ROWS) * 1.0, DEC=np.ones(N_ROWS))
    ivar = image(np.full((N_ROWS, N), 4.0))
    return write(tmp_path, primary(FLUXES, **cards), ivar, *others, plug)


def multispec(tmp_path: Path) -> Path:
    specs = " ".join(f'spec{i + 1} = "{i + 1} 1 0 {4000 + i} 1. {N} 0. 1 2"' for i in range(N_ROWS))
    cards = {"CTYPE1": "MULTISPE", "WAT0_001": "system=multispec"}
    text = "wtype=multispec " + specs
    cards |= {f"WAT2_{k + 1:03d}": text[68 * k : 68 * k + 68] for k in range(len(text) // 68 + 1)}
    return write(tmp_path, primary(FLUXES, **cards))


def fibres(tmp_path: Path) -> Path:
    kinds = np.array(["S" if row in SKY else "P" for row in range(N_ROWS)])
    names = np.array([f"star{row}" for row in range(N_ROWS)])
    cards = {"INSTRUME": "AAOMEGA-2dF", "CRVAL1": 4000.0, "CDELT1": 1.0, "CRPIX1": 1.0}
    variance = image(np.full((N_ROWS, N), 0.25), "VARIANCE")
    return write(
        tmp_path, primary(FLUXES, **cards), variance, table("FIBRES", NAME=names, TYPE=kinds)
    )


def desi(tmp_path: Path) -> Path:
    kinds = np.array(["SKY" if row in SKY else "TGT" for row in range(N_ROWS)])
    fibermap = table("FIBERMAP", TARGETID=np.arange(N_ROWS), OBJTYPE=kinds)
    ivar = np.full((N_ROWS, N), 4.0)
    return write(
        tmp_path,
        primary(),
        fibermap,
        image(4000.0 + 0.8 * np.arange(N), "B_WAVELENGTH"),
        image(FLUXES, "B_FLUX"),
        image(ivar, "B_IVAR"),
    )


KINDS = [plate, multispec, fibres, desi]


@pytest.mark.parametrize("make", KINDS)
def test_parts_are_what_the_whole_file_holds(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path)
    whole = read(path).spectra
    parts = []
    for first in range(0, len(whole), 10):
        reading, total = read_rows(path, (first, 10))
        assert total == len(whole)
        assert len(reading.spectra) == min(10, total - first)
        parts.extend(reading.spectra)
    assert [s.name for s in parts] == [s.name for s in whole]
    for part, other in zip(parts, whole, strict=True):
        np.testing.assert_array_equal(part.flux, other.flux)
        np.testing.assert_array_equal(part.wavelength_aa, other.wavelength_aa)
        assert part.meta == other.meta
        assert (part.sigma is None) == (other.sigma is None)


@pytest.mark.parametrize("make", KINDS)
def test_chosen_rows_are_numbers_of_rows_and_not_of_a_window(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path)
    chosen = read(path, override=Override(rows=(3, 29, 3)))
    assert [float(s.flux[0]) for s in chosen.spectra] == [31.0, 291.0]
    # A person may look at the sky too.
    assert float(read(path, override=Override(rows=(7,))).spectra[0].flux[0]) == 71.0
    with pytest.raises(ReadError) as caught:
        read(path, override=Override(rows=(30,)))
    assert caught.value.code == "bad_override"


@pytest.mark.parametrize("make", KINDS)
def test_a_window_beyond_the_last_says_how_many_there_are(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path)
    with pytest.raises(RowsError) as caught:
        read_rows(path, (50, 10))
    assert caught.value.total_rows == len(read(path).spectra)


def test_targets_without_data_do_not_hide_the_others(tmp_path: Path) -> None:
    path = desi(tmp_path)
    with fits.open(path, mode="update") as units:
        units["B_IVAR"].data[:12] = 0.0
    with pytest.raises(RowsError) as caught:
        read_rows(path, (0, 9))
    assert caught.value.total_rows == N_ROWS - len(SKY)
    assert len(read_rows(path, (9, 9))[0].spectra) == 9


def test_an_image_beyond_memory_is_read_by_parts(tmp_path: Path) -> None:
    """160 000 fibres of 1000 points, of which a file system keeps almost nothing."""
    path = tmp_path / "plate.fits"
    header = fits.Header(
        [("SIMPLE", True), ("BITPIX", -32), ("NAXIS", 2), ("NAXIS1", 1000), ("NAXIS2", 160_000)]
    )
    header["COEFF0"], header["COEFF1"] = 3.6, 1e-4
    head = header.tostring().encode()
    with path.open("wb") as stream:
        stream.write(head)
        stream.seek(len(head) + 159_000 * 4000)
        stream.write(np.tile(ramp(1000), 1000).astype(">f4").tobytes())
    assert path.stat().st_size > 600e6
    assert path.stat().st_blocks * 512 < 100e6
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == "too_large"
    assert "classify" in caught.value.advice
    tracemalloc.start()
    reading, total = read_rows(path, (159_900, 250))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(reading.spectra), total) == (100, 160_000)
    assert float(reading.spectra[0].flux[1]) == pytest.approx(1.01)
    assert peak < 30e6
    scattered = read(path, override=Override(rows=(159_000, 159_999)))
    assert len(scattered.spectra) == 2
