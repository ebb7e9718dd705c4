"""What texts say in words, or do not say: the frame, and what a further column holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import ReadError
from spectra_gui.readers import read

from .families.holding import decided, primary, table, write, write_columns

N = 400
WAVES = np.linspace(3800.0, 7000.0, N)
FLUX = 1.0 + 0.1 * np.sin(WAVES / 90.0) + np.random.default_rng(3).normal(0.0, 0.01, N)


@pytest.mark.parametrize(
    ("line", "frame"),
    [
        ("Frame: barycentric", "barycentric"),
        ("heliocentric", "barycentric"),
        ("wavelengths corrected to the heliocentric frame", "barycentric"),
        ("barycentric velocity of 12.3 km/s was applied", "barycentric"),
        ("restframe wavelength", "rest"),
        ("wavelengths are in the rest frame", "rest"),
        ("frame = topocentric", "observed"),
        # What says nothing of the wavelengths, or denies it.
        ("heliocentric velocity: 12.3 km/s", "unknown"),
        ("heliocentric Julian date = 2451545.0", "unknown"),
        ("not corrected to the barycentric frame", "unknown"),
        ("rest wavelength of the line: 6562.8", "unknown"),
        ("the rest of the night was cloudy", "unknown"),
    ],
)
def test_remarks_tell_the_frame(tmp_path: Path, line: str, frame: str) -> None:
    reading = read(write_columns(tmp_path, WAVES, FLUX, head=f"# {line}\n"))
    assert decided(reading, "Frame") == (frame, False)
    assert reading.spectra[0].frame == frame


def test_remarks_that_contradict_each_other_tell_no_frame(tmp_path: Path) -> None:
    head = "# first in the topocentric frame\n# then in the barycentric frame\n"
    assert read(write_columns(tmp_path, WAVES, FLUX, head=head)).spectra[0].frame == "unknown"


@pytest.mark.parametrize("name", ["relative_error", "rel_err", "err_rel", "fractional_uncertainty"])
def test_a_relative_error_is_a_part_of_the_flux(tmp_path: Path, name: str) -> None:
    relative = 0.01 + 0.001 * np.arange(N) / N
    path = write_columns(tmp_path, WAVES, 50.0 * FLUX, relative, head=f"# wavelength flux {name}\n")
    reading = read(path)
    assert decided(reading, "Uncertainty") == ("relative", False)
    np.testing.assert_allclose(reading.spectra[0].sigma, 50.0 * FLUX * relative, rtol=1e-5)
    hdu = table(**{"wavelength": WAVES, "flux": FLUX, name: relative})
    from_table = read(write(tmp_path, primary(), hdu))
    np.testing.assert_allclose(from_table.spectra[0].sigma, FLUX * relative, rtol=1e-5)


@pytest.mark.parametrize("value", [1.0, 0.1, 2000.0])
def test_one_number_in_each_line_is_no_uncertainty_without_a_name(
    tmp_path: Path, value: float
) -> None:
    reading = read(write_columns(tmp_path, WAVES, FLUX, np.full(N, value)))
    assert reading.spectra[0].sigma is None
    told = next(d for d in reading.decisions if d.subject == "Uncertainty")
    assert "left" in told.evidence
    named = write_columns(tmp_path, WAVES, FLUX, np.full(N, value), head="# wave flux sigma\n")
    assert read(named).spectra[0].sigma is not None


@pytest.mark.parametrize(
    ("logarithm", "unit"), [("log10", "log10_angstrom"), ("log", "ln_angstrom")]
)
def test_logarithms_without_a_header_are_declined_with_the_unit_to_state(
    tmp_path: Path, logarithm: str, unit: str
) -> None:
    axis = getattr(np, logarithm)(WAVES)
    with pytest.raises(ReadError) as raised:
        read(write_columns(tmp_path, axis, FLUX))
    assert f"--unit {unit}" in raised.value.advice


def test_names_with_blanks_between_commas_stand_above_columns_between_blanks(
    tmp_path: Path,
) -> None:
    path = write_columns(
        tmp_path, np.log10(WAVES / 10.0), FLUX, head="# log lambda (nm), flux\n", form="%.9g"
    )
    np.testing.assert_allclose(read(path).spectra[0].wavelength_aa, WAVES, rtol=1e-6)


@pytest.mark.parametrize("line", ["({:.3f}, {:.5f})", "({:.3f}, {:.5f}),", "( {:.3f}; {:.5f} )"])
def test_points_in_brackets(tmp_path: Path, line: str) -> None:
    path = tmp_path / "points.txt"
    path.write_text("\n".join(line.format(w, f) for w, f in zip(WAVES, FLUX, strict=True)))
    spectrum = read(path).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVES, atol=1e-3)
    np.testing.assert_allclose(spectrum.flux, FLUX, atol=1e-5)


@pytest.mark.parametrize(("names", "between"), [(("", ""), " "), (("wavelength,", "flux,"), ",")])
def test_all_wavelengths_in_one_line_and_all_fluxes_in_the_next(
    tmp_path: Path, names: tuple[str, str], between: str
) -> None:
    path = tmp_path / "lines.txt"
    numbers = (between.join(f"{v:.5f}" for v in row) for row in (WAVES, FLUX))
    path.write_text("# Vega\n" + "\n".join(a + b for a, b in zip(names, numbers, strict=True)))
    spectrum = read(path).spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVES, atol=1e-5)
    np.testing.assert_allclose(spectrum.flux, FLUX, atol=1e-5)


def test_two_long_lines_that_do_not_run_are_no_spectrum(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(" ".join(f"{v:.5f}" for v in row) for row in (FLUX, FLUX)))
    with pytest.raises(ReadError, match="too few"):
        read(path)
