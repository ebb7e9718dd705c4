"""Peaks of a strip stand where a person sees them and carry the name of the line they lie on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from spectra_gui.data.explanation import LineMatch
from spectra_gui.data.lines import AxisMedium
from spectra_gui.data.preparation import PreparationSpec
from spectra_gui.inference.peaks import MAX_PEAKS, strongest_peaks
from spectra_gui.units import air_to_vacuum

SPEC = PreparationSpec()
AXIS = SPEC.wavelength_aa
HD, HG, HB = 4101.74, 4340.47, 4861.33


def bumps(*peaks: tuple[float, float], fwhm_aa: float = 3.0) -> NDArray[np.float64]:
    strip = np.zeros(AXIS.size)
    for at_aa, height in peaks:
        strip += height * np.exp(-0.5 * ((AXIS - at_aa) / (fwhm_aa / 2.355)) ** 2)
    return strip


def peaks_of(
    strip: NDArray[np.float64], medium: AxisMedium = "air", tolerance_aa: float = 3.0
) -> tuple[LineMatch, ...]:
    return strongest_peaks(
        strip, wavelength_aa=AXIS, medium=medium, fwhm_aa=3.0, tolerance_aa=tolerance_aa
    )


def test_balmer_peaks_are_named_strongest_first() -> None:
    found = peaks_of(bumps((HD, 0.4), (HG, 1.0), (HB, 0.7)))
    assert [peak.line for peak in found] == ["Hγ", "Hβ", "Hδ"]
    assert [peak.line_wavelength_aa for peak in found] == [HG, HB, HD]
    for peak, height in zip(found, (1.0, 0.7, 0.4), strict=True):
        assert abs(peak.wavelength_aa - peak.line_wavelength_aa) <= SPEC.step_aa
        assert peak.strength == pytest.approx(height, rel=0.1)


def test_on_a_vacuum_grid_lines_stand_at_vacuum_wavelengths() -> None:
    at_aa = float(air_to_vacuum(np.array(HB)))
    (peak,) = peaks_of(bumps((at_aa, 1.0)), "vacuum", tolerance_aa=1.0)
    assert peak.line == "Hβ"
    assert peak.line_wavelength_aa == pytest.approx(at_aa)
    assert peaks_of(bumps((at_aa, 1.0)), "air", tolerance_aa=0.6)[0].line == ""


def test_a_peak_far_from_every_line_keeps_its_wavelength_and_no_name() -> None:
    (peak,) = peaks_of(bumps((5640.0, 1.0)))
    assert peak.wavelength_aa == pytest.approx(5640.0, abs=SPEC.step_aa)
    assert peak.line == ""
    assert math.isnan(peak.line_wavelength_aa)


def test_off_every_line_a_peak_of_one_member_alone_is_not_reported() -> None:
    strip = bumps((5640.0, 0.5), (HB, 0.5), (6000.0, 0.9))
    alone, agreed = bumps((5640.0, 0.5), (HB, 0.5)), bumps((6000.0, 0.1))
    found = strongest_peaks(
        strip, spread=alone + agreed, wavelength_aa=AXIS, medium="air", fwhm_aa=3.0,
        tolerance_aa=3.0,
    )  # fmt: skip
    assert [round(peak.wavelength_aa, -1) for peak in found] == [6000.0, 4860.0]
    assert found[1].line == "Hβ"


def test_there_are_eight_at_most_and_they_are_the_strongest() -> None:
    heights = np.linspace(0.3, 1.0, 14)
    strip = bumps(*[(4000.0 + 200.0 * i, h) for i, h in enumerate(heights)])
    found = peaks_of(strip)
    assert len(found) == MAX_PEAKS
    assert [p.strength for p in found] == sorted((p.strength for p in found), reverse=True)
    assert min(p.wavelength_aa for p in found) > 4000.0 + 200.0 * 5


def test_what_a_resolution_element_cannot_part_is_one_peak() -> None:
    assert len(peaks_of(bumps((5000.0, 1.0), (5004.0, 0.9)))) == 1
    assert len(peaks_of(bumps((5000.0, 1.0), (5012.0, 0.9)))) == 2


def test_the_raster_of_a_network_is_no_peak() -> None:
    raster = bumps((HB, 1.0), fwhm_aa=20.0)
    raster[1::2] *= 0.3
    (peak,) = peaks_of(raster)
    assert abs(peak.wavelength_aa - HB) <= 2 * SPEC.step_aa


def test_weak_ripples_beside_a_strong_peak_are_left_out() -> None:
    assert [p.line for p in peaks_of(bumps((HG, 1.0), (HB, 0.05)))] == ["Hγ"]


def test_a_plateau_peaks_at_its_middle_and_an_edge_may_peak() -> None:
    strip = np.zeros(AXIS.size)
    strip[400:433] = 1.0
    assert peaks_of(strip)[0].wavelength_aa == pytest.approx(float(AXIS[416]), abs=0.7)
    ramp = np.linspace(0.0, 1.0, AXIS.size) ** 2
    assert abs(peaks_of(ramp)[0].wavelength_aa - AXIS[-1]) <= 5 * SPEC.step_aa


def test_an_empty_strip_has_no_peaks() -> None:
    assert peaks_of(np.zeros(AXIS.size)) == ()
