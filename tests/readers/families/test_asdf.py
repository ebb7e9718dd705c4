"""ASDF after https://asdf-standard.readthedocs.io, written by asdf and specutils themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asdf
import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import InverseVariance
from specutils import Spectrum, SpectrumList

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .holding import holds, ramp

WAVES = np.linspace(400.0, 409.8, 50)


def save(tmp_path: Path, tree: Any, **how: Any) -> Path:
    path = tmp_path / "spectrum.asdf"
    asdf.AsdfFile(tree).write_to(path, **how)
    return path


def made() -> Spectrum:
    mask = np.zeros(50, bool)
    mask[3] = True
    return Spectrum(
        flux=ramp() * u.Unit("erg / (s cm2 AA)"),
        spectral_axis=WAVES * u.nm,
        uncertainty=InverseVariance(np.full(50, 4.0)),
        mask=mask,
    )


@pytest.mark.parametrize("packing", [None, "zlib", "bzp2"])
def test_a_spectrum_of_specutils(tmp_path: Path, packing: str | None) -> None:
    path = save(tmp_path, {"spectrum": made()}, all_array_compression=packing)
    spectrum = holds(
        read(path),
        "asdf",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="ivar",
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.5)
    assert np.flatnonzero(spectrum.bad).tolist() == [3]
    np.testing.assert_array_equal(spectrum.flux, ramp())


def test_a_list_of_spectra_and_arrays_in_line(tmp_path: Path) -> None:
    path = save(tmp_path, {"all": SpectrumList([made(), made()])}, all_array_storage="inline")
    assert len(read(path).spectra) == 2


def test_named_arrays(tmp_path: Path) -> None:
    path = save(tmp_path, {"star": {"wavelength": WAVES * u.nm, "flux": ramp()}})
    spectrum = holds(
        read(path),
        "asdf",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="none",
    )
    np.testing.assert_array_equal(spectrum.flux, ramp())


def test_arrays_in_other_files_are_never_fetched(tmp_path: Path) -> None:
    save(tmp_path, {"spectrum": made()}, all_array_storage="external")
    with pytest.raises(ReadError) as caught:
        read(tmp_path / "spectrum.asdf")
    assert caught.value.code == "unsupported"


def test_cut_and_foreign_files(tmp_path: Path) -> None:
    path = save(tmp_path, {"spectrum": made()})
    whole = path.read_bytes()
    codes = set()
    for length in (20, 200, len(whole) // 2, len(whole) - 300):
        path.write_bytes(whole[:length])
        with pytest.raises(ReadError) as caught:
            read(path)
        codes.add(caught.value.code)
    assert codes <= {"damaged", "truncated", "not_a_spectrum", "unsupported"}
    laughs = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(24)
    )
    path.write_text(f"#ASDF 1.0.0\n%YAML 1.1\n---\n{laughs}...\n")
    with pytest.raises(ReadError):
        read(path)


@pytest.mark.parametrize(
    ("place", "content", "code"), [(30, bytes(8), "truncated"), (60, b"\xff" * 8, "damaged")]
)
def test_a_packed_block_that_is_damaged_or_says_that_it_unpacks_to_nothing(
    tmp_path: Path, place: int, content: bytes, code: str
) -> None:
    path = save(tmp_path, {"spectrum": made()}, all_array_compression="zlib")
    data = bytearray(path.read_bytes())
    begin = data.index(b"\xd3BLK") + place
    data[begin : begin + 8] = content
    path.write_bytes(data)

    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.code == code
