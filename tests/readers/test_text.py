"""Text in its dialects: separators, headers, units, third columns and what is no spectrum."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError, Reading
from spectra_gui.readers import read

WriteText = Callable[..., Path]

WAVES = 4000.0 + 2.0 * np.arange(40)
FLUX = 1.0 + 0.01 * np.arange(40)


def rows(separator: str = " ", waves: np.ndarray = WAVES, form: str = "{:.4f}") -> str:  # type: ignore[type-arg]
    return "\n".join(
        separator.join((form.format(w), f"{f:.4f}")) for w, f in zip(waves, FLUX, strict=True)
    )


def decided(reading: Reading, subject: str) -> tuple[str, bool]:
    found = next(d for d in reading.decisions if d.subject == subject)
    return found.value, found.assumed


def check_plain(reading: Reading) -> None:
    spectrum = reading.spectra[0]
    np.testing.assert_allclose(spectrum.wavelength_aa, WAVES, rtol=1e-7)
    np.testing.assert_allclose(spectrum.flux, FLUX, rtol=1e-7)


@pytest.mark.parametrize("separator", [" ", "   ", "\t", ",", ";", ", ", " ; "])
@pytest.mark.parametrize("sign", ["", "# ", "% ", "; ", "! ", "// ", "* "])
def test_separators_and_comment_signs(write_text: WriteText, separator: str, sign: str) -> None:
    head = f"{sign}A star\n{sign}observed last night\n" if sign else ""
    check_plain(read(write_text(head + rows(separator) + "\n")))


@pytest.mark.parametrize("separator", [" ", "\t", ";"])
def test_decimal_comma(write_text: WriteText, separator: str) -> None:
    reading = read(write_text(rows(separator).replace(".", ",")))
    check_plain(reading)
    assert "decimal commas" in reading.decisions[0].evidence


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_and_byte_order_marks(write_text: WriteText, ending: str) -> None:
    check_plain(read(write_text(rows().replace("\n", ending), encoding="utf-8-sig")))
    check_plain(read(write_text(rows().replace("\n", ending), encoding="utf-16")))


def test_fortran_exponents(write_text: WriteText) -> None:
    text = "\n".join(f"{w:.4E} {f:.6E}".replace("E", "D") for w, f in zip(WAVES, FLUX, strict=True))
    np.testing.assert_allclose(read(write_text(text)).spectra[0].flux, FLUX, rtol=1e-5)


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("# wavelength(nm) flux", 0.1),
        ("wavelength[nm],flux", 0.1),
        ("Wavelength (Angstrom),Flux", 1.0),
        ("# lambda_um flux", 1e-4),
        ("# wave flux\n# um none", 1e-4),
        ("# nm erg/s/cm2/nm\nlambda flux", 0.1),
        ("WAVE_MICRON FLUX", 1e-4),
    ],
)
def test_units_in_headers(write_text: WriteText, header: str, factor: float) -> None:
    separator = "," if "," in header else " "
    reading = read(write_text(header + "\n" + rows(separator, WAVES * factor, "{:.9f}")))
    check_plain(reading)
    assert not decided(reading, "Wavelength unit")[1]


@pytest.mark.parametrize(
    ("waves", "unit"),
    [
        (WAVES / 10.0, "nm"),
        (WAVES / 1e4, "µm"),
        (np.log10(WAVES), "log10 Å"),
        (np.log(WAVES), "ln Å"),
    ],
)
def test_units_by_magnitude_are_assumed(
    write_text: WriteText,
    waves: np.ndarray,  # type: ignore[type-arg]
    unit: str,
) -> None:
    if unit in ("log10 Å", "ln Å"):
        waves = np.linspace(waves[0], waves[-1], waves.size)
    reading = read(write_text(rows(" ", waves, "{:.9f}")))
    assert decided(reading, "Wavelength unit") == (unit, True)
    assert reading.spectra[0].wavelength_aa[0] == pytest.approx(4000.0, rel=1e-6)


def test_names_decide_over_order(write_text: WriteText) -> None:
    text = "flux,err,wave,sky\n" + "\n".join(
        f"{f:.4f},0.05,{w:.2f},9.0" for w, f in zip(WAVES, FLUX, strict=True)
    )
    reading = read(write_text(text))
    check_plain(reading)
    assert reading.spectra[0].sigma is not None
    assert decided(reading, "Uncertainty") == ("sigma", False)


@pytest.mark.parametrize(
    ("names", "flux", "sigma"),
    [
        ("pixel,wavelength,raw,flux", 3, None),
        ("lambda,sky,object", 2, None),
        ("wave,sigma,object", 2, 1),
        ("lambda,response,star", 2, None),
    ],
)
def test_a_column_that_says_it_is_something_else_is_no_flux(
    write_text: WriteText, names: str, flux: int, sigma: int | None
) -> None:
    columns = names.split(",")
    values = {name: np.linspace(1.0, 2.0, 300) * (i + 1) for i, name in enumerate(columns)}
    place = next(i for i, name in enumerate(columns) if name.startswith(("wave", "lambda")))
    values[columns[0]] = np.arange(300.0)
    values[columns[place]] = np.linspace(4000.0, 5000.0, 300)
    lines = [",".join(f"{values[name][i]:.4f}" for name in columns) for i in range(300)]
    spectrum = read(write_text(names + "\n" + "\n".join(lines))).spectra[0]
    assert np.allclose(spectrum.flux, values[columns[flux]], atol=1e-4)
    assert (spectrum.sigma is not None) == (sigma is not None)
    assert spectrum.wavelength_aa[0] == pytest.approx(4000.0)


def test_named_columns_of_which_none_can_be_the_flux_are_declined(write_text: WriteText) -> None:
    lines = [f"{4000 + i} {1 + i / 300:.3f} {2 + i / 200:.3f}" for i in range(300)]
    with pytest.raises(ReadError, match="lambda, sky, response") as caught:
        read(write_text("lambda sky response\n" + "\n".join(lines)))
    assert caught.value.has_columns


def test_index_column_is_no_wavelength(write_text: WriteText) -> None:
    text = "\n".join(
        f"{i} {w:.2f} {f:.4f}" for i, (w, f) in enumerate(zip(WAVES, FLUX, strict=True))
    )
    check_plain(read(write_text(text)))


def noisy(third: str) -> str:
    random = np.random.default_rng(3)
    flux = 100.0 + random.normal(0.0, 2.0, 200)
    waves = 5000.0 + np.arange(200)
    thirds = {
        "sigma": np.full(200, 2.0) + random.normal(0.0, 0.1, 200),
        "continuum": np.full(200, 100.0) + 0.001 * np.arange(200),
        "nothing": np.full(200, np.nan),
        "same": flux * waves**2 * 1e-6,
        "signed": random.normal(0.0, 2.0, 200),
    }[third]
    return "\n".join(
        f"{w:.1f} {f:.4f} {t:.6g}" for w, f, t in zip(waves, flux, thirds, strict=True)
    )


@pytest.mark.parametrize(
    ("third", "kind"),
    [
        ("sigma", "sigma"),
        ("continuum", "none"),
        ("nothing", "none"),
        ("same", "none"),
        ("signed", "none"),
    ],
)
def test_a_third_column_is_a_sigma_only_if_it_can_be(
    write_text: WriteText, third: str, kind: str
) -> None:
    reading = read(write_text(noisy(third)))
    assert decided(reading, "Uncertainty")[0] == kind
    assert (reading.spectra[0].sigma is not None) == (kind == "sigma")


def test_ragged_rows_and_words_between(write_text: WriteText) -> None:
    lines = rows().splitlines()
    lines[3] += " 0.5 extra"
    lines.insert(10, "the night was clear")
    reading = read(write_text("\n".join(lines)))
    check_plain(reading)
    assert any("1 lines" in warning for warning in reading.warnings)


def test_a_pipe_table_with_rules(write_text: WriteText) -> None:
    body = "\n".join(f"| {w:.2f} | {f:.4f} |" for w, f in zip(WAVES, FLUX, strict=True))
    rule = "+---------+--------+"
    check_plain(read(write_text(f"{rule}\n| lambda | flux |\n{rule}\n{body}\n{rule}\n")))


def test_facts_in_the_header(write_text: WriteText) -> None:
    head = "# OBJECT = HD 123\n# SPTYPE: G2 V\n# wavelengths in vacuum\n"
    spectrum = read(write_text(head + rows())).spectra[0]
    assert spectrum.name == "HD 123"
    assert spectrum.meta["mk_type"] == "G2 V"
    assert spectrum.medium == "vacuum"


def test_gaps_of_the_indo_us_library(write_text: WriteText) -> None:
    waves = 4000.0 + 0.4 * np.arange(200)
    flux = np.where(np.arange(200) < 30, 0.0001, 1.5)
    text = "\n".join(f"{w:.2f} {f:.4f}" for w, f in zip(waves, flux, strict=True))
    spectrum = read(write_text(text)).spectra[0]
    assert int(spectrum.bad.sum()) == 30
    assert spectrum.frame == "rest"


def test_repeated_wavelengths_are_averaged_and_disorder_is_sorted(write_text: WriteText) -> None:
    lines = rows().splitlines()
    reading = read(write_text("\n".join([*reversed(lines), "4000.0 3.0"])))
    spectrum = reading.spectra[0]
    assert len(spectrum) == 40
    assert spectrum.flux[0] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("just words\nand more\n", "not_a_spectrum"),
        ("1 2\n3 4\n", "not_a_spectrum"),
        ("\n".join(f"{i} {i * i}" for i in range(1, 50)), "no_wavelength"),
        ("\n".join(f"{1200 + i} 1.0" for i in range(50)), "no_wavelength"),
        ("\n".join(f"{-5 + i} 1.0" for i in range(50)), "no_wavelength"),
        ("\n".join(f"{4000 + 50 * i} {9 + 0.01 * i} 50" for i in range(50)), "not_a_spectrum"),
        ("\n".join(f"{4000 + i} 0.0" for i in range(50)), "no_good_pixels"),
        ('{"a": 1}', "not_a_spectrum"),
        ("<html><body>404</body></html>", "not_a_spectrum"),
    ],
)
def test_what_is_no_spectrum_is_declined(write_text: WriteText, text: str, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_text(text))
    assert caught.value.code == code
    assert caught.value.reason
    assert caught.value.advice


def test_scattered_points_are_no_spectrum(write_text: WriteText) -> None:
    random = np.random.default_rng(2)
    text = "\n".join(f"{w:.1f} 1.5" for w in random.uniform(3000, 9000, 100))
    with pytest.raises(ReadError) as caught:
        read(write_text(text))
    assert caught.value.code == "not_a_spectrum"


def test_overrides_re_read(write_text: WriteText) -> None:
    text = "12 34\n56 78\n" + "\n".join(
        f"{f:.4f} {w / 10:.4f} {0.5}" for w, f in zip(WAVES, FLUX, strict=True)
    )
    path = write_text(text)
    override = Override(
        columns=("1", "0", "2"),
        skip_rows=2,
        wavelength_unit="nm",
        medium="air",
        frame="rest",
        fwhm_aa=2.0,
        velocity_kms=-12.0,
    )
    reading = read(path, override=override)
    check_plain(reading)
    spectrum = reading.spectra[0]
    assert (spectrum.medium, spectrum.frame, spectrum.velocity_kms) == ("air", "rest", -12.0)
    assert spectrum.sigma is not None
    assert spectrum.fwhm_aa is not None
    assert spectrum.fwhm_origin == "user"
    assert reading.override == override


@pytest.mark.parametrize(
    "override",
    [
        Override(columns=("wave", "nothing")),
        Override(columns=("0",)),
        Override(columns=("0", "9")),
        Override(columns=("0", "0")),
        Override(wavelength_unit="furlong"),
        Override(medium="water"),
        Override(frame="moving"),
        Override(hdu="1"),
        Override(rows=(3,)),
        Override(fwhm_aa=-1.0),
        Override(skip_rows=-1),
        Override(reader="nobody"),
        Override(reader="desi"),
    ],
)
def test_a_choice_that_does_not_fit_is_refused(write_text: WriteText, override: Override) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_text(rows()), override=override)
    assert caught.value.code == "bad_override"
    assert caught.value.advice
