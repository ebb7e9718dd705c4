"""Which axis and flux a spectrum is shown on, and in which words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Spectrum
from spectra_gui.units import air_to_vacuum
from spectra_gui.window.plots.display import displayed
from spectra_gui.window.plots.reading_out import cursor_at, marks_for

SHIFT = 1.0000140097


def shown(star: Any, **how: Any) -> Any:
    how = {"scale": "normalised", "frame": "rest", **how}
    return displayed(star.spectrum, star.prepared, star.spec, **how)


def test_normalised_stands_on_the_bundle_grid_at_rest(star: Any) -> None:
    now = shown(star)
    assert np.array_equal(now.wavelength_aa, star.spec.wavelength_aa)
    assert now.x_label == "wavelength in air, rest frame (Å)"
    assert now.y_label == "flux / continuum"
    assert now.doppler == 1.0
    assert np.isnan(now.flux[~star.prepared.valid]).all()


def test_the_observed_frame_moves_the_grid_by_the_velocity(star: Any) -> None:
    now = shown(star, frame="observed")
    assert now.wavelength_aa[0] / star.spec.wavelength_aa[0] == pytest.approx(SHIFT, abs=1e-9)
    assert now.x_label == "wavelength in air, as observed (Å)"


def test_flux_keeps_its_pixels_takes_out_the_power_of_ten_and_says_so(star: Any) -> None:
    now = shown(star, scale="flux")
    assert now.flux.size == len(star.spectrum)
    assert 0.5 < np.nanmedian(now.flux) < 10
    assert "10⁻¹³" in now.y_label
    assert "erg/s/cm2/Angstrom" in now.y_label
    assert now.wavelength_aa[0] == pytest.approx(3700.0 / SHIFT, abs=1e-4)
    axis, continuum = now.continuum
    middle = np.interp(5500.0, axis, continuum)
    around = (now.wavelength_aa > 5450) & (now.wavelength_aa < 5480)
    assert middle == pytest.approx(np.nanmedian(now.flux[around]), rel=0.1)


def test_a_file_that_is_not_prepared_yet_is_shown_as_it_is() -> None:
    spectrum = Spectrum(np.array([4000.0, 5000.0, 6000.0]), np.array([1.0, np.nan, 3.0]))
    now = displayed(spectrum, None, None, scale="normalised", frame="rest")
    assert now is not None
    assert now.wavelength_aa.tolist() == [4000.0, 5000.0, 6000.0]
    assert now.x_label == "wavelength (medium not stated), as in the file (Å)"
    assert now.bad.tolist() == [False, True, False]
    assert displayed(None, None, None, scale="flux", frame="rest") is None


def test_a_vacuum_file_is_shown_in_the_medium_of_the_bundle(star: Any) -> None:
    vacuum = air_to_vacuum(star.spectrum.wavelength_aa)
    spectrum = star.spectrum.changed(wavelength_aa=vacuum, medium="vacuum")
    now = displayed(spectrum, star.prepared, star.spec, scale="flux", frame="observed")
    assert now is not None
    assert np.allclose(now.wavelength_aa, star.spectrum.wavelength_aa, atol=1e-5)
    assert "in air" in now.x_label


def test_a_long_unit_is_cut_with_an_ellipsis() -> None:
    spectrum = Spectrum(np.array([4000.0, 5000.0]), np.array([1.0, 2.0]), flux_unit="erg " * 60)
    now = displayed(spectrum, None, None, scale="flux", frame="rest")
    assert now is not None
    assert len(now.y_label) < 60
    assert "…" in now.y_label


def test_lines_move_with_the_star_and_the_sky_stays(star: Any) -> None:
    rest, observed = shown(star), shown(star, frame="observed")
    where = [{mark.name: mark.x_aa for mark in marks_for(d)} for d in (rest, observed)]
    assert where[0]["Hβ"] == pytest.approx(4861.33)
    assert where[1]["Hβ"] == pytest.approx(4861.33 * SHIFT)
    assert where[1]["telluric O₂ 6277"] == pytest.approx(6276.6)
    assert where[0]["telluric O₂ 6277"] == pytest.approx(6276.6 / SHIFT)


def test_only_lines_of_the_class_are_named(star: Any) -> None:
    names = {mark.name for mark in marks_for(shown(star), letter="G")}
    assert {"CH G band", "Ca II K", "Hα"} <= names
    assert not names & {"He II 4686", "TiO 6159", "Si III 4553"}


def test_the_cross_hair_says_wavelength_flux_and_line(star: Any) -> None:
    cursor = cursor_at(shown(star), 4861.0, aa_per_px=4.0)
    assert cursor is not None
    assert cursor.line == "Hβ"
    assert cursor.text.startswith("λ 4861.2 Å")
    assert cursor.text.endswith("Hβ")
    assert cursor_at(shown(star), 9000.0, aa_per_px=1.0) is None


def test_in_a_gap_the_cross_hair_says_that_there_is_no_flux(star: Any) -> None:
    hole = star.spec.wavelength_aa[~star.prepared.valid].mean()
    cursor = cursor_at(shown(star), hole, aa_per_px=1.0)
    assert cursor is not None
    assert "flux –" in cursor.text


@pytest.mark.parametrize(
    ("flux", "words"),
    [
        (1524.4, "flux 1524"),
        (0.98765, "flux 0.988"),
        (12.345, "flux 12.3"),
        (2e-7, "flux 2e\N{MINUS SIGN}07"),
    ],
)
def test_flux_under_the_cross_hair_has_three_digits_and_no_needless_exponent(
    star: Any, flux: float, words: str
) -> None:
    now = shown(star)
    cursor = cursor_at(replace(now, flux=np.full_like(now.flux, flux)), 5600.0, aa_per_px=1.0)
    assert cursor is not None
    assert words in cursor.text
