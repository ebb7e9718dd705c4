"""NumPy archives and tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import peek, read, read_rows

from .holding import holds, ramp

WAVES = 4000.0 + 2.0 * np.arange(50)


@pytest.mark.parametrize(
    ("noise", "value", "kind"), [("sigma", 0.1, "sigma"), ("ivar", 100.0, "ivar")]
)
def test_named_arrays(tmp_path: Path, noise: str, value: float, kind: str) -> None:
    path = tmp_path / "spectrum.npz"
    np.savez(path, lam=WAVES, flux=ramp(), **{noise: np.full(50, value)})
    holds(
        read(path),
        "npz",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise=kind,
    )


def test_a_table(tmp_path: Path) -> None:
    path = tmp_path / "spectrum.npy"
    np.save(path, np.column_stack([WAVES, ramp(), np.full(50, 0.1)]))
    holds(
        read(path),
        "npz",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="sigma",
    )


def test_wavelengths_of_their_own_for_each_row(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    wave = np.vstack([4000.0 + np.arange(50), 5000.0 + np.arange(50)])
    np.savez(path, wave=wave, flux=np.vstack([ramp(), 2 * ramp()]))
    first, second = read(path).spectra
    assert (first.wavelength_aa[0], second.wavelength_aa[0]) == (4000.0, 5000.0)
    assert second.flux[0] == 2.0


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_rows_of_many_are_read_by_parts(tmp_path: Path, save: Any) -> None:
    path = tmp_path / "many.npz"
    flux = ramp() + np.arange(300)[:, None]
    mask = np.zeros((300, 50))
    mask[299, 3] = 1
    columns = {"wavelength": 4000.0 + np.arange(50), "sigma": 0.1 * flux, "mask": mask}
    save(path, flux=np.asfortranarray(flux), **columns)
    reading, total = read_rows(path, (250, 250))
    assert (len(reading.spectra), total) == (50, 300)
    assert reading.spectra[-1].flux[0] == 300.0
    assert reading.spectra[-1].sigma is not None
    assert reading.spectra[-1].sigma[0] == pytest.approx(30.0)
    assert np.flatnonzero(reading.spectra[-1].bad).tolist() == [3]
    assert read(path, override=Override(rows=(7, 299))).spectra[0].flux[0] == 8.0


@pytest.mark.parametrize("good", [0, 1])
def test_a_row_of_mostly_bad_pixels_does_not_turn_its_mask_round(tmp_path: Path, good: int) -> None:
    path = tmp_path / "masked.npz"
    mask = np.full((4, 50), good)
    mask[2, :40] = 1 - good
    np.savez(path, wave=WAVES, flux=np.ones((4, 50)) + ramp(), mask=mask)

    spectra = read(path).spectra
    alone = read(path, override=Override(rows=(2,))).spectra[0]

    assert [int(s.bad.sum()) for s in spectra] == [0, 0, 40, 0]
    assert np.array_equal(alone.bad, spectra[2].bad)


@pytest.mark.parametrize(("place", "value"), [(8, 1), (10, 99)])
def test_a_member_that_is_encrypted_or_packed_otherwise(
    tmp_path: Path, place: int, value: int
) -> None:
    path = tmp_path / "locked.npz"
    np.savez(path, wave=WAVES, flux=ramp())
    content = bytearray(path.read_bytes())
    # Flags and method of the first entry of the directory (APPNOTE.TXT 4.3.12).
    content[content.index(b"PK\x01\x02") + place] = value
    path.write_bytes(content)

    for look in (read, peek):
        with pytest.raises(ReadError) as caught:
            look(path)
        assert caught.value.code == "damaged"
