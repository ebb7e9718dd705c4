"""Air or vacuum by the lines, where a file does not state it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray

from spectra_gui.data import Decision, Override, Reading
from spectra_gui.data.lines import BALMER, LINES
from spectra_gui.readers import read, shifts
from spectra_gui.readers.door import read_rows
from spectra_gui.units import air_to_vacuum, doppler_factor

Floats = NDArray[np.float64]
Write = Callable[..., Path]

AIR_AA = np.arange(3850.0, 7700.0, 1.0)
REST = Override(frame="rest")

SKY_AA = (5577.34, 6300.30, 6363.78, 7276.41, 7316.28, 7340.89)


def dips(places: list[float], widths: list[float], depths: list[float]) -> Floats:
    """Flux of 1 less Gaussian dips (Å)."""
    flux = np.ones_like(AIR_AA)
    for place, width, depth in zip(places, widths, depths, strict=True):
        flux -= depth * np.exp(-0.5 * ((AIR_AA - place) / width) ** 2)
    return flux


def f_star(snr: float = 60.0) -> Floats:
    """Lines of an F star at the places of the line list, in air at rest, with noise."""
    seen = [x for x in LINES if "F" in x.letters and x.kind == "line" and x.air_aa < 7000]
    broad = dict.fromkeys((*BALMER, "Ca II H", "Ca II K"), 6.0)
    depth = {1: 0.4, 2: 0.2, 3: 0.12, 4: 0.08}
    flux = dips(
        [x.air_aa for x in seen],
        [broad.get(x.name, 1.5) for x in seen],
        [depth[x.rank] for x in seen],
    )
    return noisy(np.maximum(flux, 0.1), snr)


def noisy(flux: Floats, snr: float) -> Floats:
    return flux + np.random.default_rng(8).normal(0.0, 1.0 / snr, flux.size)


def moved(medium: str, velocity_kms: float = 0.0) -> Floats:
    axis = air_to_vacuum(AIR_AA) if medium == "vacuum" else AIR_AA
    return axis * doppler_factor(velocity_kms)


@pytest.fixture
def ask(write_text: Write) -> Callable[..., Reading]:
    """Write bare columns and read them: ``ask(wavelength, flux[, sigma], override=…)``."""

    def write_and_read(*columns: Floats, override: Override | None = None) -> Reading:
        rows = "\n".join(" ".join(f"{v:.8g}" for v in row) for row in np.transpose(columns))
        return read(write_text(rows + "\n"), override=override)

    return write_and_read


def medium_of(reading: Reading) -> Decision:
    decision = next(d for d in reading.decisions if d.subject == "Medium")
    assert all(s.medium == decision.value for s in reading.spectra)
    return decision


@pytest.mark.parametrize("medium", ["air", "vacuum"])
def test_a_star_at_rest_shows_its_medium(ask: Callable[..., Reading], medium: str) -> None:
    decision = medium_of(ask(moved(medium), f_star(), override=REST))
    assert decision.value == medium
    assert decision.assumed
    assert f"at {medium} wavelengths" in decision.evidence
    assert "% sure" in decision.evidence
    assert "83 km/s" in decision.evidence
    assert any(name in decision.evidence for name in ("Hβ", "Hγ", "Hδ", "Ca II", "Hα", "Hε"))


@pytest.mark.parametrize("velocity", [None, -112.0])
def test_the_evidence_begins_with_what_fits_on_a_line(
    ask: Callable[..., Reading], velocity: float | None
) -> None:
    known = REST if velocity is None else Override(frame="barycentric", velocity_kms=velocity)
    reading = ask(moved("vacuum", velocity or 0.0), f_star(), override=known)
    assert "% sure" in medium_of(reading).evidence[:60]


@pytest.mark.parametrize("medium", ["air", "vacuum"])
@pytest.mark.parametrize("velocity", [-120.0, 0.0, 83.0])
def test_a_stated_velocity_is_taken_into_account(
    ask: Callable[..., Reading], medium: str, velocity: float
) -> None:
    known = Override(frame="barycentric", velocity_kms=velocity)
    decision = medium_of(ask(moved(medium, velocity), f_star(), override=known))
    assert decision.value == medium
    assert f"{velocity:+.0f} km/s" in decision.evidence


@pytest.mark.parametrize("frame", [None, "barycentric", "observed"])
def test_a_star_of_unknown_velocity_shows_nothing(
    ask: Callable[..., Reading], frame: str | None
) -> None:
    decision = medium_of(ask(moved("vacuum"), f_star(), override=Override(frame=frame)))
    assert decision.value == "unknown"
    assert "the file does not say" in decision.evidence


@pytest.mark.parametrize("medium", ["air", "vacuum"])
def test_night_sky_in_the_uncertainty_decides_whatever_the_star_does(
    ask: Callable[..., Reading], medium: str
) -> None:
    sky = 2.0 - dips(list(SKY_AA), [1.5] * len(SKY_AA), [1.0] * len(SKY_AA))
    star = np.interp(AIR_AA, moved("air", 200.0), f_star())
    decision = medium_of(ask(moved(medium), star, 0.02 * sky))
    assert decision.value == medium
    assert "sky lines" in decision.evidence


def atmosphere() -> Floats:
    """The O₂ bands B and A as steep heads with two lobes each (Wallace et al. 2011)."""
    axis, depth = AIR_AA, np.zeros_like(AIR_AA)
    for head, gap, end, height in ((6867.2, 6883.0, 6925.0, 0.4), (7593.7, 7620.0, 7680.0, 0.7)):
        first = (axis >= head) & (axis < gap)
        second = (axis >= gap) & (axis < end)
        depth[first] = height * (1.0 - 0.8 * (axis[first] - head) / (gap - head))
        depth[second] = 0.4 * height * (end - axis[second]) / (end - gap)
    return 1.0 - depth


@pytest.mark.parametrize("medium", ["air", "vacuum"])
def test_bands_of_the_atmosphere_decide(ask: Callable[..., Reading], medium: str) -> None:
    flux = noisy(atmosphere(), 200.0)
    decision = medium_of(ask(moved(medium), flux, override=Override(frame="observed")))
    assert decision.value == medium
    assert "telluric O₂ B, O₂ A" in decision.evidence


NOTHING_TO_SEE = {
    "noise": noisy(np.ones_like(AIR_AA), 20.0),
    "a bare continuum": np.linspace(2.0, 1.0, AIR_AA.size),
    "emission": noisy(2.0 - dips([4861.3, 5006.8, 6562.8], [3.0] * 3, [0.9] * 3), 50.0),
    "a hot star at low S/N": noisy(dips([4471.5, 4685.7, 5411.5], [3.0] * 3, [0.08] * 3), 15.0),
    "huge numbers": noisy(np.ones_like(AIR_AA), 20.0) * 1e300,
    "tiny numbers": noisy(np.ones_like(AIR_AA), 20.0) * 1e-300,
    "negative numbers": -f_star(),
    "gaps": np.where(np.arange(AIR_AA.size) % 3, np.nan, 1.0),
}


@pytest.mark.parametrize("what", list(NOTHING_TO_SEE))
def test_what_shows_no_lines_stays_unknown(ask: Callable[..., Reading], what: str) -> None:
    assert medium_of(ask(AIR_AA, NOTHING_TO_SEE[what], override=REST)).value == "unknown"


def test_a_short_piece_stays_unknown(ask: Callable[..., Reading]) -> None:
    assert medium_of(ask(AIR_AA[:30], f_star()[:30], override=REST)).value == "unknown"


def test_what_a_person_says_is_not_doubted(ask: Callable[..., Reading]) -> None:
    said = Override(frame="rest", medium="vacuum")
    reading = ask(moved("air"), f_star(), override=said)
    assert medium_of(reading).value == "vacuum"
    assert medium_of(reading).evidence == "chosen by a person"
    assert reading.warnings == ()


def linear(axis: Floats, flux: Floats) -> dict[str, object]:
    """A FITS image's flux and its cards, on a linear axis."""
    even = np.linspace(axis[0], axis[-1], axis.size)
    return {
        "pixels": np.interp(even, axis, flux).astype(np.float32),
        "CRVAL1": float(even[0]),
        "CDELT1": float(even[1] - even[0]),
        "CRPIX1": 1.0,
        "CUNIT1": "Angstrom",
    }


def test_a_file_that_states_its_medium_is_not_doubted(write_image: Write) -> None:
    path = write_image(**linear(moved("vacuum"), f_star()), CTYPE1="AWAV", SPECSYS="BARYCENT")
    reading = read(path, override=REST)
    assert medium_of(reading).value == "air"
    assert medium_of(reading).evidence == "CTYPE1 = AWAV"
    assert reading.warnings == ()


IRAF = {"CTYPE1": "LINEAR", "WAT0_001": "system=equispec", "WAT1_001": "wtype=linear"}


def test_lines_that_contradict_a_habit_warn_and_change_nothing(write_image: Write) -> None:
    reading = read(write_image(**linear(moved("vacuum"), f_star()), **IRAF), override=REST)
    assert medium_of(reading).value == "air"
    assert "% sure" not in medium_of(reading).evidence
    (warning,) = [w for w in reading.warnings if "vacuum" in w]
    assert "Choose the medium" in warning


def test_lines_that_agree_with_a_habit_are_told_beside_it(write_image: Write) -> None:
    reading = read(write_image(**linear(moved("air"), f_star()), **IRAF), override=REST)
    assert medium_of(reading).value == "air"
    assert medium_of(reading).evidence.startswith("IRAF")
    assert "at air wavelengths" in medium_of(reading).evidence
    assert not any("Choose the medium" in w for w in reading.warnings)


def test_without_the_patterns_the_medium_stays_unknown(
    ask: Callable[..., Reading], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shifts, "resources_folder", lambda: tmp_path / "nowhere")
    shifts.class_means.cache_clear()
    try:
        assert medium_of(ask(moved("air"), f_star(), override=REST)).value == "unknown"
    finally:
        shifts.class_means.cache_clear()


@pytest.mark.parametrize(("rows", "medium"), [(3, "vacuum"), (300, "unknown")])
def test_parts_of_a_table_get_the_same_answer(tmp_path: Path, rows: int, medium: str) -> None:
    """Of a long one each part would be asked on its own, so none is."""
    axis, flux = moved("vacuum")[800:1400], f_star()[800:1400]
    columns = [
        fits.Column("wave", f"{axis.size}D", unit="Angstrom", array=np.tile(axis, (rows, 1))),
        fits.Column("flux", f"{axis.size}E", array=np.tile(flux, (rows, 1))),
    ]
    path = tmp_path / "table.fits"
    fits.BinTableHDU.from_columns(columns).writeto(path)
    assert medium_of(read(path, override=REST)).value == medium
    part, _ = read_rows(path, (1, 2), override=REST)
    assert medium_of(part).value == medium
