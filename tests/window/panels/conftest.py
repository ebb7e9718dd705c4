"""Made-up values for the panels: a Sun-like star with its verdict, evidence and reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from spectra_gui.data import (
    Alternative,
    Decision,
    Explanation,
    LineMatch,
    MemberOpinion,
    OverrideChoice,
    PreparationSpec,
    Prepared,
    Reading,
    Spectrum,
    Strip,
    Templates,
    Verdict,
)
from spectra_gui.data.lines import LINES
from spectra_gui.window import theme

SPEC = PreparationSpec()
DEPTHS = {1: 0.45, 2: 0.25, 3: 0.12, 4: 0.06}


@dataclass(frozen=True)
class Star:
    """Everything that the panels are shown of one star."""

    spectrum: Spectrum
    prepared: Prepared
    verdict: Verdict
    explanation: Explanation
    reading: Reading
    templates: Templates
    spec: PreparationSpec = SPEC


def absorption(wavelength: NDArray[np.float64], *, hidden: str = "He|C I|N I|Si|O I|TiO|VO|CaH"):
    flux = np.ones_like(wavelength)
    skipped = tuple(hidden.split("|"))
    for line in LINES:
        if line.kind in ("line", "band") and not line.name.startswith(skipped):
            width = 5.0 if line.name.startswith(("H", "Ca II")) else 2.2 + 0.25 * line.width_aa
            flux *= 1 - DEPTHS[line.rank] * np.exp(-0.5 * ((wavelength - line.air_aa) / width) ** 2)
    return flux


def make_spectrum(name: str = "HD 10307", *, n: int = 4000, seed: int = 1) -> Spectrum:
    rng = np.random.default_rng(seed)
    wavelength = np.linspace(3700.0, 7200.0, n)
    shape = 3e-13 * np.exp(-(((wavelength - 5200) / 2500) ** 2))
    sigma = 0.012 * shape
    flux = shape * absorption(wavelength / (1 + 4.2 / 299792.458)) + rng.normal(0, 1, n) * sigma
    mask = np.zeros(n, bool)
    mask[int(0.905 * n) : int(0.915 * n)] = True
    return Spectrum(
        wavelength, flux, sigma, mask, medium="air", frame="observed", velocity_kms=4.2,
        flux_unit="erg/s/cm2/Angstrom", name=name,
        meta={"mk_type": "G1.5V", "instrument": "made"},
    )  # fmt: skip


def make_prepared(spectrum: Spectrum) -> Prepared:
    axis = SPEC.wavelength_aa
    shape = 3e-13 * np.exp(-(((axis - 5200) / 2500) ** 2))
    rest = spectrum.wavelength_aa / (1 + 4.2 / 299792.458)
    flux = np.interp(axis, rest, spectrum.flux) / shape
    valid = np.interp(axis, rest, spectrum.bad.astype(float)) < 0.5
    return Prepared(
        flux=np.where(valid, flux, 1).astype(np.float32), valid=valid,
        continuum=shape.astype(np.float32), sigma=np.full(axis.size, 0.012, np.float32),
        rv_kms=4.2, rv_err_kms=1.1, rv_origin="measured", rv_quality=12.0, snr=180.0,
        fwhm_aa=2.5, fwhm_origin="header", coverage=float(valid.mean()),
        notes=("The resolution is taken from the header.",),
    )  # fmt: skip


def make_grid(row: float = 42.0, column: int = 4, *, width: float = 1.3) -> NDArray[np.float32]:
    rows, columns = np.arange(70)[:, None], np.arange(6)[None, :]
    grid = np.exp(-0.5 * ((rows - row) / width) ** 2 - 0.5 * ((columns - column) / 0.42) ** 2)
    grid[[0, 1, 58, 59]] = 0
    return (grid / grid.sum()).astype(np.float32)


def make_verdict(**changes: Any) -> Verdict:
    grid = make_grid()
    order = np.argsort(grid.ravel())[::-1]
    held = np.cumsum(grid.ravel()[order])
    cells = tuple((int(i // 6), int(i % 6)) for i in order[: int(np.searchsorted(held, 0.9)) + 1])
    names = [("three-branch 1", "three_branch"), ("three-branch 2", "three_branch"),
             ("residual 1", "residual"), ("residual 2", "residual")]  # fmt: skip
    verdict = Verdict(
        probabilities=grid, type="G2 V", letter="G", subtype=2.0, luminosity="V",
        probability=0.92, subtype_interval=(41.0, 43.5), credible_set=cells,
        credible_text="G0–G4, IV–V",
        alternatives=(Alternative("G2 IV", 0.04), Alternative("F9 V", 0.02),
                      Alternative("G3 III", 0.011), Alternative("K0 V", 0.004)),
        members=tuple(MemberOpinion(name, kind, f"G{2 + i % 2} V", 0.93 - 0.03 * i)
                      for i, (name, kind) in enumerate(names)),
        rv_kms=4.2, rv_err_kms=1.1, rv_origin="measured", snr=180.0, coverage=1.0, novelty=0.4,
        state="accept", reasons=(), bundle="mk-ensemble-1", bundle_sha256="0" * 64,
        template="G2 V",
    )  # fmt: skip
    return replace(verdict, **changes)


REFUSED = {
    "state": "refuse",
    "reasons": ("The blue end below 4200 Å is missing; the model needs at least 60 % coverage.",),
    "coverage": 0.41,
}
DOUBTED = {
    "state": "caution",
    "reasons": (
        "S/N 11 is low for this bundle.",
        "The resolution of 9 Å is much coarser than the model's 3 Å.",
    ),
    "probability": 0.48,
    "snr": 11.0,
}


def make_strip(name: str, places: dict[str, float], width: float, **changes: Any) -> Strip:
    axis = SPEC.wavelength_aa
    relevance = np.zeros_like(axis)
    peaks = []
    for line in LINES:
        if line.name in places:
            strength = places[line.name]
            relevance += strength * np.exp(-0.5 * ((axis - line.air_aa) / width) ** 2)
            peaks.append(LineMatch(line.air_aa + 0.4, strength, line.name, line.air_aa))
    relevance = np.clip(relevance, 0, 1)
    peaks.sort(key=lambda p: -p.strength)
    strip = Strip(name, "guided_grad_cam", relevance, 0.15 * relevance, tuple(peaks), True)
    return replace(strip, **changes)


def make_explanation(**changes: Any) -> Explanation:
    nothing = np.zeros(SPEC.n_pixels, np.float32)
    strips = (
        make_strip("kernel 3", {"Ca I 4227": 1.0, "Hβ": 0.8, "Hα": 0.6, "Fe I 4383": 0.5}, 5),
        make_strip("kernel 7", {"CH G band": 1.0, "Hγ": 0.7, "Mg b 5173": 0.75}, 11),
        make_strip("kernel 15", {"CH G band": 1.0, "Mg b 5173": 0.9, "Ca II K": 0.9}, 32),
        make_strip("residual", {"CH G band": 1.0, "Na D 5890": 0.35, "Fe I 5270": 0.6}, 9),
        Strip("occlusion", "occlusion", nothing, nothing, (), False),
    )
    made = Explanation("joint", "G2 V", SPEC.wavelength_aa, strips, "mk-ensemble-1")
    return replace(made, **changes)


def make_reading(spectrum: Spectrum) -> Reading:
    return Reading(
        path="/data/hd10307.fits", format="FITS image, linear WCS", reader="fits_wcs",
        spectra=(spectrum,),
        decisions=(
            Decision("Format", "FITS image, linear axis", "CRVAL1, CDELT1, CTYPE1"),
            Decision("Wavelength unit", "Å", "CUNIT1 'Angstrom'"),
            Decision("Medium", "air", "positions of the Balmer lines and Na D", assumed=True),
            Decision("Frame", "observed", "no keyword says otherwise", assumed=True),
            Decision("Uncertainty", "second HDU", "EXTNAME 'SIGMA'"),
        ),
        warnings=("The header gives two resolutions; the one of the instrument was taken.",),
        choices=(
            OverrideChoice("wavelength_unit", "Wavelength unit", "angstrom",
                           ("angstrom", "nm", "um", "log10_angstrom", "ln_angstrom")),
            OverrideChoice("medium", "Medium", "air", ("air", "vacuum")),
            OverrideChoice("frame", "Frame", "observed", ("rest", "barycentric", "observed")),
            OverrideChoice("velocity_kms", "Radial velocity (km/s)", ""),
            OverrideChoice("hdu", "HDU", "0"),
        ),
    )  # fmt: skip


def make_templates() -> Templates:
    flux = absorption(SPEC.wavelength_aa).astype(np.float32)
    return Templates(
        ("G2 V", "K0 III"), np.array([42.0, 50.0]), np.array([4, 2]),
        np.stack([flux, np.sqrt(flux)]), np.array([18, 22]),
    )  # fmt: skip


@pytest.fixture(scope="session")
def star() -> Star:
    spectrum = make_spectrum()
    return Star(
        spectrum, make_prepared(spectrum), make_verdict(), make_explanation(),
        make_reading(spectrum), make_templates(),
    )  # fmt: skip


@pytest.fixture
def verdict_with() -> Callable[..., Verdict]:
    return make_verdict


@pytest.fixture
def refused() -> Verdict:
    return make_verdict(**REFUSED)


@pytest.fixture
def doubted() -> Verdict:
    return make_verdict(**DOUBTED)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> str:
    theme.apply(qapp, request.param)
    return str(request.param)


@pytest.fixture
def light(qapp: QApplication) -> None:
    theme.apply(qapp, "light")


def shown(qtbot: QtBot, widget: QWidget, *, width: int = 640, height: int = 420) -> QWidget:
    """The widget on the screen, laid out."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    QApplication.processEvents()
    return widget


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., QWidget]:
    return lambda widget, **size: shown(qtbot, widget, **size)


def painted(widget: QWidget, area: QRectF | None = None) -> NDArray[np.uint8]:
    """(height, width, 3) what a person sees of the widget."""
    QApplication.processEvents()
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    rgb = pixels[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    rgb = rgb.copy()  # the picture's memory goes with it
    if area is None:
        return rgb
    box = area.toRect()
    return rgb[box.top() : box.bottom() + 1, box.left() : box.right() + 1]


@pytest.fixture
def look() -> Callable[..., NDArray[np.uint8]]:
    return painted


@pytest.fixture
def middle() -> Callable[[QWidget], QPoint]:
    return lambda widget: widget.rect().center()
