"""Spectra that no MK type fits, to see whether the verdict says so: computed ones, and those of
``novelty/`` in the shared data.

Nothing in the program is fitted to any of them. Knows wavelengths and shapes; knows no network.
Computed spectra have a stated resolution and a barycentric frame, so that only what they look
like can speak against them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from spectra_gui.data import Spectrum
from spectra_gui.units import SPEED_OF_LIGHT_KMS

Floats = NDArray[np.float64]

AXIS_AA: Final = np.arange(3600.0, 7400.0, 1.0)
FWHM_AA: Final = 2.5
SEED: Final = 9

H: Final = {"Hα": 6562.8, "Hβ": 4861.3, "Hγ": 4340.5, "Hδ": 4101.7, "Hε": 3970.1, "H8": 3889.1,
            "H9": 3835.4, "H10": 3797.9}  # fmt: skip
HE_I: Final = (3888.6, 4026.2, 4387.9, 4471.5, 4713.1, 4921.9, 5015.7, 5047.7, 5875.6, 6678.2,
               7065.2)  # fmt: skip
HE_II: Final = (4199.8, 4541.6, 4685.7, 5411.5)
SWAN_HEADS: Final = ((4382.0, 0.5), (4737.0, 0.9), (5165.0, 1.0), (5635.0, 0.7), (6191.0, 0.4))
SKY: Final = ((5577.3, 1.0), (5890.0, 0.5), (5895.9, 0.4), (6300.3, 0.6), (6363.8, 0.3),
              (4046.6, 0.2), (4358.3, 0.6), (5460.7, 0.8), (5769.6, 0.3), (5790.7, 0.3),
              (6863.9, 0.3), (6834.0, 0.2), (6533.0, 0.2), (6553.6, 0.2))  # fmt: skip
"""Airglow, and the mercury of city lights; relative strengths."""

NEBULAR: Final = {"[O II] 3727": 3727.4, "[Ne III] 3869": 3868.8, "[O III] 4363": 4363.2,
                  "[O III] 4959": 4958.9, "[O III] 5007": 5006.8, "[N II] 6548": 6548.0,
                  "[N II] 6583": 6583.5, "[S II] 6716": 6716.4, "[S II] 6731": 6730.8,
                  "[O I] 6300": 6300.3, "He I 5876": 5875.6, "He II 4686": 4685.7}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Stranger:
    """A spectrum that should not be accepted, and the family that it is counted in."""

    family: str
    spectrum: Spectrum


def strangers(data_folder: Path, stars: Sequence[Spectrum]) -> list[Stranger]:
    """All of them; ``stars`` are real ones to spoil (other axis, sky, fragments)."""
    rng = np.random.default_rng(SEED)
    return [*_computed(rng), *_spoilt(stars, rng), *_templates(data_folder / "novelty", rng)]


def _computed(rng: np.random.Generator) -> Iterator[Stranger]:
    makers: dict[str, Callable[[np.random.Generator], Iterator[tuple[str, Floats]]]] = {
        "noise": _noise,
        "flat and ramps": _ramps,
        "black bodies": _black_bodies,
        "nebulae": _nebulae,
        "Wolf-Rayet stars": _wolf_rayets,
        "white dwarfs, computed": _white_dwarfs,
        "carbon stars, computed": _carbon_stars,
        "cataclysmic variables": _cataclysmics,
    }
    for family, make in makers.items():
        for name, flux in make(rng):
            yield Stranger(family, _spectrum(AXIS_AA, flux, name))


def _spectrum(axis_aa: Floats, flux: Floats, name: str, fwhm_aa: float = FWHM_AA) -> Spectrum:
    return Spectrum(
        axis_aa, flux, fwhm_aa=np.full(axis_aa.size, fwhm_aa), fwhm_origin="header", medium="air",
        frame="barycentric", name=name,
    )  # fmt: skip


def planck(temperature_k: float, axis_aa: Floats = AXIS_AA) -> Floats:
    """A black body's flux per wavelength, 1 at 5500 Å."""

    def flux(wavelength_aa: Floats) -> Floats:
        wave: Floats = wavelength_aa**-5.0 / np.expm1(1.4388e8 / (wavelength_aa * temperature_k))
        return wave

    return flux(axis_aa) / flux(np.array(5500.0))


def bell(centre_aa: float, fwhm_aa: float, axis_aa: Floats = AXIS_AA) -> Floats:
    """A Gaussian of height 1."""
    found: Floats = np.exp(-4.0 * np.log(2.0) * ((axis_aa - centre_aa) / fwhm_aa) ** 2)
    return found


def wings(centre_aa: float, half_width_aa: float, axis_aa: Floats = AXIS_AA) -> Floats:
    """A profile of height 1 with wings that fall as Stark broadening's do (|Δλ|^-5/2)."""
    found: Floats = 1.0 / (1.0 + np.abs((axis_aa - centre_aa) / half_width_aa) ** 2.5)
    return found


def _noisy(flux: Floats, snr: float, rng: np.random.Generator) -> Floats:
    return flux + rng.normal(size=flux.size) * np.median(np.abs(flux)) / snr


def _noise(rng: np.random.Generator) -> Iterator[tuple[str, Floats]]:
    for snr in (3, 10, 30, 100, 300):
        yield f"white noise, S/N {snr}", _noisy(np.ones(AXIS_AA.size), snr, rng)
        smooth = np.convolve(rng.normal(size=AXIS_AA.size), np.ones(5) / 5**0.5, "same")
        yield f"smoothed noise, S/N {snr}", 1.0 + smooth / snr
    yield "noise about zero", rng.normal(size=AXIS_AA.size)
    yield "a random walk", 30.0 + np.cumsum(rng.normal(size=AXIS_AA.size)) / 10.0
    yield "Poisson counts of 4", rng.poisson(4.0, AXIS_AA.size).astype(float)


def _ramps(rng: np.random.Generator) -> Iterator[tuple[str, Floats]]:
    x = (AXIS_AA - AXIS_AA[0]) / (AXIS_AA[-1] - AXIS_AA[0])
    shapes = {
        "flat": np.ones(x.size),
        "rising ramp": 0.1 + x,
        "falling ramp": 1.1 - x,
        "gentle ramp": 1.0 + 0.1 * x,
        "parabola": 1.0 - 3.0 * (x - 0.5) ** 2,
        "fringes of 40 Å": 1.0 + 0.05 * np.sin(AXIS_AA / 6.4),
        "a step": 1.0 + (x > 0.5),
        "a lamp's broad curve": bell(6500.0, 3500.0),
    }
    for name, flux in shapes.items():
        if name != "flat":
            yield name, flux
        yield f"{name}, S/N 200", _noisy(flux, 200.0, rng)
        yield f"{name}, S/N 50", _noisy(flux, 50.0, rng)


def _black_bodies(rng: np.random.Generator) -> Iterator[tuple[str, Floats]]:
    for temperature in (3000, 4000, 6000, 10000, 15000, 30000):
        yield f"Planck, {temperature} K", planck(temperature)
        yield f"Planck, {temperature} K, S/N 100", _noisy(planck(temperature), 100.0, rng)


def _nebulae(rng: np.random.Generator) -> Iterator[tuple[str, Floats]]:
    strong = {"Hα": 286.0, "Hβ": 100.0, "Hγ": 47.0, "Hδ": 26.0, "Hε": 16.0, "H8": 10.0}
    kinds = {
        "H II region": {"[O II] 3727": 150, "[O III] 4959": 60, "[O III] 5007": 180,
                        "[N II] 6583": 60, "[N II] 6548": 20, "[S II] 6716": 25,
                        "[S II] 6731": 20, "He I 5876": 12, "[Ne III] 3869": 10},
        "planetary nebula": {"[O III] 4959": 400, "[O III] 5007": 1200, "[Ne III] 3869": 90,
                             "He II 4686": 40, "[O III] 4363": 12, "He I 5876": 15,
                             "[N II] 6583": 80, "[N II] 6548": 27},
        "supernova remnant": {"[O II] 3727": 400, "[O III] 5007": 300, "[O III] 4959": 100,
                              "[N II] 6583": 300, "[N II] 6548": 100, "[S II] 6716": 200,
                              "[S II] 6731": 150, "[O I] 6300": 60},
        "H II region, low excitation": {"[O II] 3727": 250, "[N II] 6583": 110, "[N II] 6548": 37,
                                        "[S II] 6716": 40, "[S II] 6731": 30,
                                        "[O III] 5007": 20, "[O III] 4959": 7},
    }  # fmt: skip
    for name, forbidden in kinds.items():
        lines = {H[k]: v for k, v in strong.items()}
        lines |= {NEBULAR[k]: float(v) for k, v in forbidden.items()}
        glow = sum((bell(at, FWHM_AA) * height for at, height in lines.items()), np.zeros(1))
        for faint in (1.0, 20.0, 100.0):
            flux = faint * planck(12000.0) + glow
            yield f"{name}, Hβ {100 / faint:g} times its continuum", _noisy(flux, 30.0, rng)


def _wolf_rayets(rng: np.random.Generator) -> Iterator[tuple[str, Floats]]:
    kinds = {
        "WN4": (60, {4685.7: 5.0, 5411.5: 1.0, 4610: 0.8, 4541: 0.6, 6562: 1.0, 4861: 0.7,
                     4100: 0.6, 4945: 0.4}),
        "WN8": (25, {4685.7: 1.6, 4634: 1.2, 5875.6: 1.6, 6562.8: 3.0, 4861: 1.0, 4471: 0.5,
                     6678: 0.8, 5411: 0.3, 4340: 0.6, 3995: 0.5, 5680: 0.4}),
        "WC5": (80, {4650: 7.0, 5808: 4.0, 5696: 0.5, 5590: 0.5, 4441: 0.5, 6560: 0.5, 5471: 0.3}),
        "WC9": (25, {4650: 2.5, 5696: 4.0, 4267: 1.0, 5808: 0.9, 5876: 0.8, 6578: 1.5, 6730: 0.9,
                     4326: 0.4, 4187: 0.4}),
        "WO2": (100, {4658: 4.0, 5806: 5.0, 3820: 3.0, 5290: 0.8, 5590: 1.0}),
    }  # fmt: skip
    for name, (width, lines) in kinds.items():
        glow = sum((h * bell(float(at), float(width)) for at, h in lines.items()), np.zeros(1))
        for part in (1.0, 0.25):
            flux = planck(35000.0) * (1.0 + part * glow)
            yield f"{name}, lines times {part:g}", _noisy(flux, 80.0, rng)


def _white_dwarfs(rng: np.random.Generator) -> Iterator[tuple[str, Floats]]:
    names = ("Hα", "Hβ", "Hγ", "Hδ", "Hε", "H8")
    for temperature, depth in ((8000, 0.35), (11000, 0.6), (16000, 0.6), (25000, 0.45),
                               (50000, 0.25)):  # fmt: skip
        weights = zip(names, (0.7, 1.0, 1.0, 0.95, 0.7, 0.4), strict=True)
        trough = np.prod([1.0 - depth * w * wings(H[n], 22.0) for n, w in weights], axis=0)
        for snr in (100.0, 30.0):
            yield f"DA, {temperature} K", _noisy(planck(temperature) * trough, snr, rng)
    for temperature, depth in ((14000, 0.2), (18000, 0.4)):
        trough = np.prod([1.0 - depth * wings(at, 18.0) for at in HE_I], axis=0)
        yield f"DB, {temperature} K", _noisy(planck(temperature) * trough, 60.0, rng)
    yield "DQ", _noisy(planck(8000.0) * _swan(0.25), 60.0, rng)
    metals = {3933.7: 0.8, 3968.5: 0.75, 4226.7: 0.35, 5175.0: 0.3, 3832.0: 0.6, 4383.5: 0.2,
              5270.0: 0.15, 5892.0: 0.25}  # fmt: skip
    for width in (12.0, 30.0):
        trough = np.prod([1.0 - d * wings(at, width) for at, d in metals.items()], axis=0)
        yield f"DZ, wings of {width:g} Å", _noisy(planck(7000.0) * trough, 60.0, rng)
    yield "DC", _noisy(planck(5500.0), 60.0, rng)


def _swan(depth: float) -> Floats:
    """Absorption bands of C2: steep at the head in the red, fading to the blue."""
    through = np.ones(AXIS_AA.size)
    for head, strength in SWAN_HEADS:
        behind = head - AXIS_AA
        band = np.where(behind > 0, np.exp(-behind / 80.0), np.exp(behind / 4.0))
        through *= 1.0 - np.minimum(depth * strength, 0.95) * band
    return through


def _carbon_stars(rng: np.random.Generator) -> Iterator[tuple[str, Floats]]:
    for temperature, depth in ((5000, 0.3), (4500, 0.5), (4000, 0.7), (3500, 0.85), (3000, 0.9)):
        lines = 1.0 - 0.5 * bell(5892.0, 8.0) - 0.6 * bell(4226.7, 6.0)
        cyanogen = np.where(AXIS_AA < 4216.0, 1.0 - 0.6 * depth, 1.0)
        weak = 1.0 + 0.06 * np.convolve(rng.normal(size=AXIS_AA.size), np.ones(3) / 3**0.5, "same")
        flux = planck(temperature) * _swan(depth) * lines * cyanogen * weak
        yield f"carbon star, {temperature} K", _noisy(flux, 60.0, rng)


def _cataclysmics(rng: np.random.Generator) -> Iterator[tuple[str, Floats]]:
    lines = {H["Hα"]: 1.0, H["Hβ"]: 0.8, H["Hγ"]: 0.6, H["Hδ"]: 0.5, H["Hε"]: 0.35, 4471.5: 0.2,
             5875.6: 0.3, 6678.2: 0.15, 4685.7: 0.25, 5015.7: 0.1}  # fmt: skip
    for strength in (0.3, 1.0, 3.0):
        for speed_kms in (300.0, 600.0):
            glow = np.zeros(AXIS_AA.size)
            for at, height in lines.items():
                apart = at * speed_kms / SPEED_OF_LIGHT_KMS
                width = max(apart, 6.0)
                glow += height * (bell(at - apart, width) + bell(at + apart, width))
            flux = planck(14000.0) + strength * glow
            yield f"CV, lines {strength:g}, ±{speed_kms:g} km/s", _noisy(flux, 40.0, rng)


def _spoilt(stars: Sequence[Spectrum], rng: np.random.Generator) -> Iterator[Stranger]:
    for star in stars:
        axis = star.wavelength_aa
        wrong = {
            "nm read as Å": 0.1 * axis,
            "Å read as nm": 10.0 * axis,
            "pixel numbers read as Å": 3800.0 + np.arange(axis.size),
            "microns of the near infrared read as thousands of Å": 3600.0 + 2.2 * (axis - axis[0]),
            "a dispersion 4 % wrong": axis[0] + 1.04 * (axis - axis[0]),
        }
        for what, other in wrong.items():
            yield Stranger("wrong units or axis", star.changed(wavelength_aa=other, name=what))
        backwards = star.changed(flux=star.flux[::-1], mask=star.bad[::-1], name="backwards")
        yield Stranger("wrong units or axis", backwards)
        level = float(np.median(star.flux[~star.bad]))
        for strength in (0.5, 2.0):
            glow = sum((h * bell(at, FWHM_AA, axis) for at, h in SKY), np.zeros(1))
            sky = star.changed(
                flux=_noisy(star.flux + strength * level * glow, 40.0, rng), name="sky left in"
            )
            yield Stranger("sky left in", sky)
        for width in (60.0, 200.0, 500.0):
            at = rng.uniform(3900.0, 6900.0 - width)
            inside = (axis >= at) & (axis <= at + width)
            part = Spectrum(
                axis[inside], star.flux[inside], mask=star.bad[inside], fwhm_aa=star.fwhm_aa[inside]
                if star.fwhm_aa is not None else None, fwhm_origin=star.fwhm_origin,
                medium=star.medium, frame=star.frame, name=f"a fragment of {width:g} Å",
            )  # fmt: skip
            yield Stranger("order fragments", part)


def _templates(folder: Path, rng: np.random.Generator) -> Iterator[Stranger]:
    """What ``novelty/`` holds, as it stands in the files and at several redshifts."""
    axis, rows, names = _eigen(folder / "spEigenStar-53724.fits")
    families = {"Carbon": "carbon stars", "Carbon_lines": "carbon stars",
                "CarbonWD": "white dwarfs", "WD": "white dwarfs",
                "WDmagnetic": "white dwarfs"}  # fmt: skip
    for flux, name in zip(rows, names, strict=True):
        family = "L and T dwarfs" if name[0] in "LT" else families.get(name)
        if family is not None:
            yield Stranger(family, _sloan(axis, flux, name))
    axis, rows, _ = _eigen(folder / "spEigenQSO-55732.fits")
    for z in (0.1, 0.3, 0.6, 1.0, 1.5, 2.0, 2.5, 3.0):
        for k in range(2):
            flux = _mixture(rows, rng if k else None)
            yield Stranger("quasars", _sloan(axis * (1 + z), flux, f"quasar, z {z}"))
    axis, rows, _ = _eigen(folder / "spEigenGal-56436.fits")
    for z in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5):
        for k in range(2):
            flux = _mixture(rows, rng if k else None)
            yield Stranger("galaxies", _sloan(axis * (1 + z), flux, f"galaxy, z {z}"))


def _mixture(rows: Floats, rng: np.random.Generator | None) -> Floats:
    """The first eigenspectrum, and with ``rng`` something of the others."""
    if rng is None:
        return rows[0]
    shares = rng.normal(size=len(rows) - 1) * np.array([0.15, 0.1, 0.1])[: len(rows) - 1]
    mixed: Floats = rows[0] + shares @ rows[1:]
    return mixed


def _eigen(path: Path) -> tuple[Floats, Floats, list[str]]:
    with fits.open(path, memmap=False) as hdus:
        header, rows = hdus[0].header, np.asarray(hdus[0].data, dtype=np.float64)
    axis = 10.0 ** (header["COEFF0"] + header["COEFF1"] * np.arange(rows.shape[1]))
    return axis, rows, [str(header.get(f"NAME{i}", "")) for i in range(len(rows))]


def _sloan(axis_aa: Floats, flux: Floats, name: str) -> Spectrum:
    """A spectrum of SDSS: vacuum, R about 1900, cut to what its spectrograph sees."""
    seen = (axis_aa > 3600.0) & (axis_aa < 9300.0) & (flux != 0.0)
    axis = axis_aa[seen]
    return Spectrum(
        axis, flux[seen], fwhm_aa=axis / 1900.0, fwhm_origin="family", medium="vacuum",
        frame="barycentric", name=name,
    )  # fmt: skip
