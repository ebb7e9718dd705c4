"""Texts as programs and people write them: LaTeX, flags, counts, marks for nothing, many stars."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError, Reading
from spectra_gui.readers import read

from .families.holding import decided

WriteText = Callable[..., Path]

N = 300
WAVES = 4000.0 + 2.0 * np.arange(N)
FLUX = 1.2 - 0.4 * np.exp(-0.5 * ((WAVES - 4340.5) / 8.0) ** 2)
FLUX += np.random.default_rng(5).normal(0.0, 0.01, N)
SIGMA = np.full(N, 0.01)
BAD = np.arange(N) % 50 == 7
WAVES_EVEN = np.linspace(4000.0, 5000.0, 500)


def rows(*columns: Any, form: str = "{:.4f}", separator: str = " ") -> str:
    return "\n".join(
        separator.join(form.format(v) for v in row) for row in zip(*columns, strict=True)
    )


def check(reading: Reading, row: int = 0, scale: float = 1.0) -> None:
    spectrum = reading.spectra[row]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVES, rtol=1e-7)
    good = ~spectrum.bad
    np.testing.assert_allclose(spectrum.flux[good], scale * FLUX[good], atol=2e-4)


TABULAR = r"""\begin{tabular}{cc}
\hline
$\lambda$ & Flux \\
(nm) & \\
\hline
"""
DELUXE = r"""\begin{deluxetable}{ccc}
\tablecaption{The spectrum of 51 Peg}
\tablehead{\colhead{Wavelength} & \colhead{Flux} & \colhead{Error} \\
\colhead{(nm)} & \colhead{} & \colhead{}}
\startdata
"""


def test_latex_tables(write_text: WriteText) -> None:
    body = [f"{w / 10:.2f} & ${f:.4f}$ \\\\" for w, f in zip(WAVES, FLUX, strict=True)]
    text = TABULAR + "\n".join([*body[:9], r"\hline", *body[9:]]) + "\n\\hline\n\\end{tabular}\n"
    reading = read(write_text(text))
    check(reading)
    assert decided(reading, "Wavelength unit") == ("nm", False)
    assert "ampersands" in reading.decisions[0].evidence


def test_tables_of_aastex(write_text: WriteText) -> None:
    body = [f"{w / 10:.2f} & {f:.4f} & 0.01" for w, f in zip(WAVES, FLUX, strict=True)]
    body[7] = body[7].replace(f"{FLUX[7]:.4f}", r"\nodata")
    text = DELUXE + " \\\\\n".join(body) + "\n\\enddata\n\\end{deluxetable}\n"
    reading = read(write_text(text))
    check(reading)
    assert decided(reading, "Uncertainty") == ("sigma", False)
    assert np.flatnonzero(reading.spectra[0].bad).tolist() == [7]


def test_a_plus_minus_in_latex_gives_the_uncertainty(write_text: WriteText) -> None:
    body = [f"{w:.1f} & ${f:.4f} \\pm 0.01$ \\\\" for w, f in zip(WAVES, FLUX, strict=True)]
    reading = read(write_text("\n".join(body)))
    check(reading)
    assert decided(reading, "Uncertainty")[0] == "sigma"


@pytest.mark.parametrize(
    ("header", "flags", "bad"),
    [
        ("wave flux err mask", BAD, BAD),
        ("wave flux err flag", 2 * BAD, BAD),
        ("wave flux err good", ~BAD, BAD),
        ("wave flux err goodpix", BAD, ~BAD),
        ("wave flux err mask", ~BAD, BAD),
        ("wave flux err quality", np.full(N, 3), np.zeros(N, bool)),
        ("", 2 * BAD, BAD),
    ],
)
def test_columns_of_flags(write_text: WriteText, header: str, flags: Any, bad: Any) -> None:
    reading = read(write_text(header + "\n" + rows(WAVES, FLUX, SIGMA, flags.astype(int))))
    check(reading)
    np.testing.assert_array_equal(reading.spectra[0].bad, bad)


def test_words_of_truth_are_flags(write_text: WriteText) -> None:
    body = [f"{w},{f:.4f},{not b}" for w, f, b in zip(WAVES, FLUX, BAD, strict=True)]
    reading = read(write_text("wave,flux,good\n" + "\n".join(body)))
    check(reading)
    np.testing.assert_array_equal(reading.spectra[0].bad, BAD)


@pytest.mark.parametrize("mark", ["-999", "9999", "-99.0", "INDEF", "NA", "*****", "--"])
def test_marks_for_no_data(write_text: WriteText, mark: str) -> None:
    body = [
        f"{w} {mark if b else f'{f:.4f}'} 0.01" for w, f, b in zip(WAVES, FLUX, BAD, strict=True)
    ]
    reading = read(write_text("\n".join(body)))
    check(reading)
    np.testing.assert_array_equal(reading.spectra[0].bad, BAD)


def test_a_count_of_999_is_a_count(write_text: WriteText) -> None:
    counts = np.round(1000.0 + 20.0 * np.sin(np.arange(N)))
    counts[7] = 999.0
    assert not read(write_text(rows(WAVES, counts))).spectra[0].bad.any()


@pytest.mark.parametrize(
    "first", [100 + np.arange(N), 30 + np.arange(N) // 60, np.full(N, 61), np.arange(N)]
)
def test_numbers_of_pixels_and_orders_are_no_wavelengths(write_text: WriteText, first: Any) -> None:
    check(read(write_text(rows(first, WAVES, FLUX))))


def test_every_named_star_of_a_wide_table_is_a_spectrum(write_text: WriteText) -> None:
    text = "wavelength (nm),HD 1,HD 2\n" + rows(WAVES / 10, FLUX, 0.3 * FLUX, separator=",")
    reading = read(write_text(text))
    assert [spectrum.name for spectrum in reading.spectra] == ["HD 1", "HD 2"]
    check(reading)
    check(reading, row=1, scale=0.3)
    second = read(write_text(text), override=Override(rows=(1,)))
    check(second, scale=0.3)


def test_what_goes_with_a_star_is_no_further_star(write_text: WriteText) -> None:
    text = "wavelength,star,fitted\n" + rows(WAVES, FLUX, 1.2 - 1e-5 * WAVES, separator=",")
    assert len(read(write_text(text)).spectra) == 1


@pytest.mark.parametrize(
    "before",
    [f"{N} 2", "2453001.5 30.0", "5 3\n300 2", "4000.0 2.0 300", "20231105 22 14 33\n600 1.2"],
)
def test_counts_and_dates_above_the_points_are_no_points(
    write_text: WriteText, before: str
) -> None:
    reading = read(write_text(before + "\n" + rows(WAVES, FLUX)))
    check(reading)


@pytest.mark.parametrize("after", ["0 0", "-1 -1", "999999 0", "END 300"])
def test_end_marks_are_no_points(write_text: WriteText, after: str) -> None:
    check(read(write_text(rows(WAVES, FLUX) + "\n" + after + "\n")))


def test_points_that_stand_four_in_a_line(write_text: WriteText) -> None:
    body = [" ".join(f"{WAVES[j]} {FLUX[j]:.4f}" for j in range(i, i + 4)) for i in range(0, N, 4)]
    check(read(write_text("\n".join(body))))


@pytest.mark.parametrize(
    "header",
    [
        "#  1 FLUX  Flux density [erg/s/cm2]\n#  2 WAVELENGTH  of vacuum [nm]\n#  3 IVAR  weight",
        "# Column 1: flux (mJy)\n# Column 2: wavelength (nm)\n# Column 3: ivar",
        "# col0 = flux\n# col1 = lambda [nm]\n# col2 = ivar",
    ],
)
def test_columns_that_the_header_numbers(write_text: WriteText, header: str) -> None:
    reading = read(write_text(header + "\n" + rows(FLUX, WAVES / 10, 1 / SIGMA**2)))
    check(reading)
    assert decided(reading, "Wavelength unit") == ("nm", False)
    assert decided(reading, "Uncertainty") == ("ivar", False)


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("# wavelength in nm", "nm"),
        ("# Wavelength units: nanometers (air)", "nm"),
        ("# x: nm", "nm"),
        ("# wavelengths in Angstrom", "Å"),
    ],
)
def test_units_in_sentences(write_text: WriteText, header: str, unit: str) -> None:
    reading = read(write_text(header + "\n" + rows(np.linspace(1000.0, 1400.0, N), FLUX)))
    assert decided(reading, "Wavelength unit") == (unit, False)


def test_a_flux_by_its_name_beside_wavelengths_of_two_frames(write_text: WriteText) -> None:
    reading = read(write_text("obs_wave rest_wave flux\n" + rows(WAVES, WAVES * 0.999, FLUX)))
    check(reading)


def test_an_uncertainty_in_percent(write_text: WriteText) -> None:
    reading = read(write_text("wave flux err(%)\n" + rows(WAVES, FLUX, np.full(N, 2.0))))
    assert reading.spectra[0].sigma is not None
    np.testing.assert_allclose(reading.spectra[0].sigma, 0.02 * FLUX, rtol=1e-3)


def test_a_nameless_variance_is_no_sigma(write_text: WriteText) -> None:
    text = rows(WAVES, FLUX, SIGMA**2, form="{:.6f}")
    assert decided(read(write_text(text)), "Uncertainty")[0] == "none"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-16"])
def test_two_bytes_a_letter(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "wide.txt"
    path.write_bytes(("wave flux\n" + rows(WAVES, FLUX)).encode(codec))
    check(read(path))


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(" ", ": "),
        lambda line: "," + line.replace(" ", ","),
        lambda line: line.replace(" ", ",") + ",,",
        lambda line: f'"1" {line}',
    ],
)
def test_signs_about_the_numbers(write_text: WriteText, change: Callable[[str], str]) -> None:
    check(read(write_text("\n".join(map(change, rows(WAVES, FLUX).splitlines())))))


def test_signs_of_fortran_and_of_typesetters(write_text: WriteText) -> None:
    body = [f"{w:.1f} {f:.4f}-120" for w, f in zip(WAVES, FLUX, strict=True)]
    np.testing.assert_allclose(
        read(write_text("\n".join(body))).spectra[0].flux, FLUX * 1e-120, 1e-4
    )
    minus = rows(WAVES, FLUX - 1.1).replace("-", "\N{MINUS SIGN}")
    np.testing.assert_allclose(read(write_text(minus)).spectra[0].flux, FLUX - 1.1, atol=1e-4)


@pytest.mark.parametrize(
    ("axis", "unit"),
    [
        ((1e8 / WAVES)[::-1], "wavenumber"),
        (np.linspace(14500.0, 26000.0, N), "wavenumber"),
        ((12398.42 / WAVES)[::-1], "energy_eV"),
    ],
)
def test_numbers_that_are_optical_light_only_in_another_unit_are_declined(
    write_text: WriteText, axis: Any, unit: str
) -> None:
    text = rows(axis, FLUX[::-1], form="{:.6f}")
    with pytest.raises(ReadError, match="optical light of") as caught:
        read(write_text(text))
    assert caught.value.code == "no_wavelength"
    assert unit in caught.value.advice
    said = Override(wavelength_unit="wavenumber") if unit == "wavenumber" else Override()
    named = text if unit == "wavenumber" else f"{unit} flux\n{text}"
    spectrum = read(write_text(named), override=said).spectra[0]
    assert 3800.0 < spectrum.wavelength_aa[0] < spectrum.wavelength_aa[-1] < 7000.0
    assert spectrum.medium == "vacuum"


@pytest.mark.parametrize(
    "header", ["# wavelength flux", "lambda(A) flux", "# Angstrom, as measured"]
)
def test_infrared_wavelengths_that_are_called_so_are_read(
    write_text: WriteText, header: str
) -> None:
    text = header + "\n" + rows(15000.0 + 8.0 * np.arange(N), FLUX)
    assert read(write_text(text)).spectra[0].wavelength_aa[0] == 15000.0


@pytest.mark.parametrize(("axis", "unit"), [(WAVES * 1e-10, "m"), (2.99792458e18 / WAVES, "Hz")])
def test_numbers_of_one_size_only(write_text: WriteText, axis: Any, unit: str) -> None:
    reading = read(write_text(rows(axis, FLUX, form="{:.9e}")))
    assert decided(reading, "Wavelength unit") == (unit, True)
    np.testing.assert_allclose(np.sort(reading.spectra[0].wavelength_aa), WAVES, rtol=1e-7)


def test_a_logarithm_that_was_rounded_is_one(write_text: WriteText) -> None:
    reading = read(write_text(rows(np.linspace(3.6, 3.63, N), FLUX)))
    assert decided(reading, "Wavelength unit") == ("log10 Å", True)


@pytest.mark.parametrize(
    "text",
    [
        rows(np.sort(np.random.default_rng(1).uniform(5.1e4, 5.8e4, N)), FLUX),
        "Teff logg mass\n" + rows(np.linspace(3500.0, 9000.0, N), FLUX, FLUX),
        rows(WAVES, np.ones(N), FLUX, SIGMA),
        rows([f"12:{i // 60:02d}:{i % 60:02d}" for i in range(N)], FLUX, form="{}"),
    ],
)
def test_what_is_no_spectrum_by_what_its_columns_are(write_text: WriteText, text: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_text(text))
    assert caught.value.code in ("no_wavelength", "not_a_spectrum")


def test_parts_that_overlap_are_told(write_text: WriteText) -> None:
    text = rows(WAVES[:200], FLUX[:200]) + "\n\n" + rows(WAVES[180:], FLUX[180:])
    reading = read(write_text(text))
    check(reading)
    assert any("start over" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("axis", "unit"),
    [(np.log(WAVES_EVEN), "ln Å"), (np.log10(WAVES_EVEN), "log10 Å")],
)
def test_uneven_logarithms_without_a_name_are_no_microns(
    axis: np.ndarray, unit: str, tmp_path: Path
) -> None:
    """Those of wavelengths in even steps: by their size alone they would be far infrared."""
    path = tmp_path / "logarithms.txt"
    np.savetxt(path, np.column_stack([axis, 1.0 + 0.1 * np.sin(WAVES_EVEN / 9.0)]))
    with pytest.raises(ReadError, match=f"in {unit} it is optical light of 4000 to 5000 Å"):
        read(path)


def test_orders_that_a_column_numbers_are_merged_without_their_blaze(tmp_path: Path) -> None:
    blaze = np.sin(np.linspace(0.4, 2.74, 300))
    rows = [
        (order, wave, height)
        for order in range(12)
        for wave, height in zip(5000.0 + 60.0 * order + 0.3 * np.arange(300), blaze, strict=True)
    ]
    np.savetxt(tmp_path / "orders.txt", rows, header="order wavelength flux")
    reading = read(tmp_path / "orders.txt")
    (spectrum,) = reading.spectra
    middle = spectrum.flux[(spectrum.wavelength_aa > 5060.0) & (spectrum.wavelength_aa < 5690.0)]
    assert np.std(middle) < 0.05 * np.mean(middle)
    apart = read(tmp_path / "orders.txt", override=Override(merge="separate"))
    assert [s.name for s in apart.spectra][:2] == ["orders order 0", "orders order 1"]
