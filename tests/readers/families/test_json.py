"""JSON: arrays by name, points one by one, and documents that hold no spectrum."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .holding import decided, holds

N = 300
WAVES = np.linspace(4000.0, 6990.0, N)
FLUX = 1.0 + 0.1 * np.sin(WAVES / 90.0) + np.random.default_rng(3).normal(0.0, 0.01, N)
W, F = WAVES.tolist(), FLUX.tolist()
POINTS = [[w, f] for w, f in zip(W, F, strict=True)]
OBJECTS = [{"wavelength": w, "flux": f} for w, f in zip(W, F, strict=True)]


def write(folder: Path, content: Any) -> Path:
    path = folder / "vega.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_arrays_by_name_with_what_stands_beside_them(tmp_path: Path) -> None:
    document = {
        "object": "Vega",
        "wavelength": (WAVES / 10.0).tolist(),
        "flux": F,
        "error": [0.01] * N,
        "units": {"wavelength": "nm"},
        "frame": "rest",
        "made_by": ["a", "pipeline"],
    }
    reading = read(write(tmp_path, document))
    spectrum = holds(
        reading,
        "json",
        ends=(4000.0, 6990.0),
        points=N,
        medium="unknown",
        frame="rest",
        noise="sigma",
    )
    assert spectrum.name == "Vega"
    assert decided(reading, "Wavelength unit") == ("nm", False)


@pytest.mark.parametrize(
    "content",
    [
        POINTS,
        OBJECTS,
        [W, F],
        {"data": POINTS},
        {"spectrum": {"wavelength": W, "flux": F}},
        "\n".join(json.dumps(point) for point in OBJECTS),
        "\n".join(json.dumps(point) for point in POINTS),
        str([tuple(point) for point in POINTS]),
    ],
)
def test_points_in_any_order_of_brackets(tmp_path: Path, content: Any) -> None:
    spectrum = read(write(tmp_path, content)).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVES)
    np.testing.assert_allclose(spectrum.flux, FLUX)
    assert spectrum.name == "vega"


def test_null_is_no_number(tmp_path: Path) -> None:
    flux = [None, *F[1:]]
    spectrum = read(write(tmp_path, {"wavelength": W, "flux": flux})).spectra[0]
    assert list(np.flatnonzero(spectrum.bad)) == [0]


@pytest.mark.parametrize(
    "content",
    [
        {"format": "session", "rows": []},
        {"threads": 2, "recent": ["a", "b"]},
        {"teff": list(range(5000, 5300)), "counts": F},
        {"wavelength": W[:3], "flux": F[:3]},
        [[1.0, 2.0], [3.0]],
        [[3.0, 2.0], [1.0, 2.0], [2.0, 4.0], [5.0, 1.0], [0.5, 1.0], [8.0, 1.0]],
        "[]",
        "{}",
    ],
)
def test_documents_without_a_spectrum_are_declined(tmp_path: Path, content: Any) -> None:
    with pytest.raises(ReadError) as raised:
        read(write(tmp_path, content))
    assert raised.value.code == "not_a_spectrum"
    assert "JSON" in raised.value.reason


def test_arrays_of_other_names_are_read_where_they_are_chosen(tmp_path: Path) -> None:
    path = write(tmp_path, {"x": W, "brightness": F})
    reading = read(path, override=Override(columns=("x", "brightness")))
    np.testing.assert_allclose(reading.spectra[0].flux, FLUX)


@pytest.mark.parametrize("content", ['{"wavelength": [1, 2', "[" * 100_000, "[Header]\n4000 1\n"])
def test_broken_json_is_declined(tmp_path: Path, content: str) -> None:
    with pytest.raises(ReadError) as raised:
        read(write(tmp_path, content))
    assert raised.value.code == "damaged"
