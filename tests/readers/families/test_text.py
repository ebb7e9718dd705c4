"""Text as programs of amateurs and astronomers write it; dialects in `test_text.py` above."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import read

from .holding import decided, holds, ramp

WAVES = 4000.0 + 2.0 * np.arange(50)
FLUX = ramp()


def lines(form: str, *, comma: bool = False) -> str:
    text = "\n".join(form.format(w, f) for w, f in zip(WAVES, FLUX, strict=True)) + "\n"
    return text.replace(".", ",") if comma else text


@pytest.mark.parametrize(
    "text",
    [
        # ISIS and VisualSpec .dat: two columns, tabs or blanks.
        lines("{:.4f}\t{:.6f}"),
        lines("  {:.3f}   {:.5E}"),
        # The same on a computer with decimal commas.
        lines("{:.4f}\t{:.6f}", comma=True),
        lines("{:.4f};{:.6f}", comma=True),
        # BASS and RSpec: a header of facts, commas.
        "# BASS Project profile\n# Object: gam Cas\n" + lines("{:.4f},{:.6f}"),
        # specINTI: names below a comment sign.
        "#wavelength intensity\n" + lines("{:.4f} {:.6f}"),
        # IRAF's wspectext with a FITS header above.
        "SIMPLE  =                    T\nOBJECT  = 'gam Cas'\nEND\n\n" + lines("{:.4f}  {:.6f}"),
        # Spreadsheets.
        '"Wavelength","Flux"\n' + lines('"{:.4f}","{:.6f}"'),
        "Wavelength (Å);Flux\n" + lines("{:.4f};{:.6f}", comma=True),
        # CDS: fixed columns with a pipe.
        "lambda|flux\n" + lines("{:.4f}|{:.6f}"),
    ],
)
def test_programs(write_text: Callable[..., Path], text: str) -> None:
    spectrum = holds(
        read(write_text(text)),
        "text",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise="none",
    )
    np.testing.assert_allclose(spectrum.flux, FLUX, rtol=1e-5)


@pytest.mark.parametrize(
    ("head", "convert"),
    [
        ("# wavenumber(cm-1) flux", lambda w: 1e8 / w),
        ("# log_lambda flux", np.log10),
        ("# loglam flux", np.log10),
        ("# ln(Angstrom) flux\n# wave flux", np.log),
        ("wave_nm,flux", lambda w: w / 10),
        ("# WAVEUNIT = micron", lambda w: w / 1e4),
        ("# lambda[um] flux[W/m2/um]", lambda w: w / 1e4),
    ],
)
def test_units_that_the_header_states(
    write_text: Callable[..., Path],
    head: str,
    convert: Callable[[np.ndarray], np.ndarray],  # type: ignore[type-arg]
) -> None:
    separator = "," if "," in head else " "
    body = "\n".join(
        f"{w:.12g}{separator}{f:.6f}" for w, f in zip(convert(WAVES), FLUX, strict=True)
    )
    reading = read(write_text(f"{head}\n{body}\n"))
    holds(
        reading,
        "text",
        ends=(4000.0, 4098.0),
        points=50,
        # Wavenumbers are those of vacuum.
        medium="vacuum" if "wavenumber" in head else "unknown",
        frame="unknown",
        noise="none",
    )
    assert not decided(reading, "Wavelength unit")[1]


def test_wavenumbers_that_nothing_states_are_asked_for(write_text: Callable[..., Path]) -> None:
    body = "\n".join(f"{1e8 / w:.6f} {f:.6f}" for w, f in zip(WAVES, FLUX, strict=True))
    path = write_text(body + "\n")
    with pytest.raises(ReadError, match="in cm⁻¹ it is optical light"):
        read(path)
    chosen = read(path, override=Override(wavelength_unit="wavenumber"))
    assert chosen.spectra[0].wavelength_aa[0] == pytest.approx(4000.0)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [("err", 0.1, "sigma"), ("ivar", 100.0, "ivar"), ("variance", 0.01, "variance")],
)
def test_uncertainties_by_name(
    write_text: Callable[..., Path], name: str, value: float, kind: str
) -> None:
    body = "\n".join(f"{w:.4f} {f:.6f} {value}" for w, f in zip(WAVES, FLUX, strict=True))
    spectrum = holds(
        read(write_text(f"# wave flux {name}\n{body}\n")),
        "text",
        ends=(4000.0, 4098.0),
        points=50,
        medium="unknown",
        frame="unknown",
        noise=kind,
    )
    assert spectrum.sigma is not None
    assert spectrum.sigma[0] == pytest.approx(0.1)


def test_cards_of_a_printed_header(write_text: Callable[..., Path]) -> None:
    # As the Liverpool Telescope's SPRAT writes text.
    head = """\
# INSTRUME= 'SPRAT   '           / Instrument used.
# TELESCOP= 'Liverpool Telescope' / The Name of the Telescope
# WAVRESOL=            18.000000 / [Angstrom] Resolution at central wavelength.
# ENVTEMP0=           279.350000 / [Kelvin] Air temperature outside instrument
# RA      = '8:8:31.10'          / [HH:MM:SS.ss] Apparent RA where telescope is
# DEC     = '-17:14:59.38'       / [DD:MM:SS.ss] Apparent Dec where telescope is
# OBJECT  = 'HD 1    '           / Actual name of the current observation source
# SPTYPE  = 'G2 V    '
# DATE-OBS= '2021-02-12T22:17:28.995'
# CUNIT1  = 'nm      '           / Units
# SPECSYS = 'BARYCENT'           / Frame
# VACUUM  =                    F
"""
    body = "\n".join(f"{w / 10:.4f} {f:.6f}" for w, f in zip(WAVES, FLUX, strict=True))
    reading = read(write_text(head + body + "\n"))
    spectrum = holds(
        reading,
        "text",
        ends=(4000.0, 4098.0),
        points=50,
        medium="air",
        frame="barycentric",
        noise="none",
    )
    assert not decided(reading, "Wavelength unit")[1]
    assert spectrum.name == "HD 1"
    assert spectrum.meta["mk_type"] == "G2 V"
    assert spectrum.meta["date"] == "2021-02-12T22:17:28.995"
    assert spectrum.meta["instrument"] == "Liverpool Telescope SPRAT"
    assert spectrum.meta["ra_deg"] == pytest.approx(122.1296, abs=1e-3)


@pytest.mark.parametrize("name", ["logF", "log_flux", "lg(flux)", "ABmag", "mag"])
def test_magnitudes_and_logarithms_are_no_flux(write_text: Callable[..., Path], name: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_text(f"# wave {name}\n" + lines("{:.4f} {:.6f}")))
    assert caught.value.code == "unsupported"
