"""The example spectra: the script that draws them, and the ones that come with the program."""

from __future__ import annotations

import csv
import gzip
import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from spectra_gui import assets
from spectra_gui.data import PreparationSpec, Templates, parse_mk
from spectra_gui.prepare import PrepareError, prepare
from spectra_gui.readers import read

PACKAGING = Path(__file__).resolve().parents[1] / "packaging"
MADE = b"made by Spectra from class means, not an observation"
MOST_BYTES = 2_000_000


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(PACKAGING)
    return importlib.import_module("make_examples")


@pytest.fixture
def physics(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(PACKAGING)
    return importlib.import_module("example_spectra")


@pytest.fixture
def templates(script: ModuleType) -> Templates:
    """Made-up class means, one for each star that the script wants; neighbours look alike."""
    spec = PreparationSpec()
    types = [parse_mk(example.wanted) for example in script.STARS]
    flux = []
    for mk in types:
        assert mk.code is not None
        assert mk.class_index is not None
        rng = np.random.default_rng([int(mk.code // 5), mk.class_index // 2])
        mean = np.ones(spec.n_pixels)
        for centre in rng.uniform(spec.start_aa, spec.end_aa, 150):
            depth = rng.uniform(0.1, 0.4)
            mean -= depth * np.exp(-0.5 * ((spec.wavelength_aa - centre) / 1.274) ** 2)
        flux.append(mean)
    return Templates(
        names=tuple(str(mk) for mk in types),
        codes=np.array([mk.code for mk in types]),
        classes=np.array([mk.class_index for mk in types]),
        flux=np.array(flux, np.float32),
        n_stars=np.full(len(types), 5),
    )


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "EXAMPLES.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plain_bytes(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def check_folder(folder: Path) -> None:
    rows = manifest(folder)
    assert len(rows) == 24
    assert {row["file"] for row in rows} == {p.name for p in folder.iterdir()} - {"EXAMPLES.csv"}
    assert sum(row["expected"] == "refuse" for row in rows) == 3
    assert len({row["format"] for row in rows}) >= 8
    typed = [parse_mk(row["true_type"]) for row in rows if row["expected"] == "type"]
    assert {mk.letter for mk in typed} >= set("BAFGKM")
    assert {mk.class_index for mk in typed} >= {0, 2, 4}
    assert sum(p.stat().st_size for p in folder.iterdir()) < MOST_BYTES
    assert all(MADE in plain_bytes(folder / row["file"]) for row in rows)


def test_two_dozen_marked_files_over_the_grid_and_three_to_refuse(
    script: ModuleType, templates: Templates, tmp_path: Path
) -> None:
    script.make_examples(templates, PreparationSpec(), tmp_path)
    check_folder(tmp_path)


def test_the_same_class_means_give_the_same_bytes(
    script: ModuleType, templates: Templates, tmp_path: Path
) -> None:
    first = script.make_examples(templates, PreparationSpec(), tmp_path / "a")
    second = script.make_examples(templates, PreparationSpec(), tmp_path / "b")
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_every_file_reads_as_its_format_says_and_is_brought_to_rest(
    script: ModuleType, templates: Templates, tmp_path: Path
) -> None:
    spec = PreparationSpec()
    script.make_examples(templates, spec, tmp_path)
    for row in manifest(tmp_path):
        (spectrum,) = read(tmp_path / row["file"]).spectra
        assert spectrum.medium in (row["medium"], "unknown"), row["file"]
        assert spectrum.frame != "rest", row["file"]
        if row["expected"] == "refuse":
            continue
        assert spectrum.wavelength_aa[0] == pytest.approx(3854.0, abs=2.0)
        assert spectrum.wavelength_aa[-1] == pytest.approx(6893.0, abs=4.0)
        prepared = prepare(spectrum, spec, templates)
        assert prepared.rv_kms == pytest.approx(float(row["velocity_kms"]), abs=20.0), row["file"]
        assert prepared.coverage > 0.98
        best = templates.names.index(row["true_type"])
        inner = slice(200, -200)
        difference = prepared.flux[inner] - templates.flux[best][inner]
        assert np.std(difference) < 0.12, row["file"]


def test_what_must_be_refused_gives_reason_to(
    script: ModuleType, templates: Templates, tmp_path: Path
) -> None:
    spec = PreparationSpec()
    script.make_examples(templates, spec, tmp_path)
    seen = {}
    for row in manifest(tmp_path):
        if row["expected"] == "refuse":
            (spectrum,) = read(tmp_path / row["file"]).spectra
            try:
                seen[row["note"]] = prepare(spectrum, spec, templates)
            except PrepareError:
                seen[row["note"]] = None
    assert seen["cut-off blue end"].coverage < 0.3
    nebula = seen["emission lines of a nebula"]
    assert nebula.rv_origin == "none"
    assert nebula.flux.max() > 3.0
    noise = seen["pure noise"]
    assert noise is None or (noise.rv_origin == "none" and noise.snr < 1.0)


def test_extinction_follows_the_law_in_blue_and_red(physics: ModuleType) -> None:
    # Cardelli, Clayton & Mathis 1989, table 3: A(lambda)/A(V) of U, B, V, R for R_V = 3.1.
    law = physics.extinction_mag(np.array([3650.0, 4400.0, 5494.5, 7000.0]), 1.0 / 3.1)
    np.testing.assert_allclose(law, [1.569, 1.337, 1.0, 0.751], atol=0.015)


def test_hot_stars_are_blue_and_cool_stars_red(physics: ModuleType) -> None:
    ends = np.array([4000.0, 6800.0])
    slopes = [
        np.divide(*physics.blackbody(ends, physics.effective_temperature(code)))
        for code in (5.0, 20.0, 42.0, 55.0, 65.0)
    ]
    assert slopes == sorted(slopes, reverse=True)
    assert slopes[0] > 4.0
    assert slopes[-1] < 0.3


def test_the_examples_of_the_program_are_complete() -> None:
    check_folder(assets.examples_folder())


def test_the_examples_of_the_program_can_be_read() -> None:
    folder = assets.examples_folder()
    for row in manifest(folder):
        (spectrum,) = read(folder / row["file"]).spectra
        assert 3800.0 < spectrum.wavelength_aa[0] < 6300.0, row["file"]
        assert 6800.0 < spectrum.wavelength_aa[-1] < 6905.0, row["file"]
