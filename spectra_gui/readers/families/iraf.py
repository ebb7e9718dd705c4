"""IRAF spectra: onedspec, equispec and multispec, linear, logarithmic and non-linear.

Source: IRAF help ``specwcs`` and ``onedspec.package``,
https://iraf.readthedocs.io/en/latest/tasks/noao/onedspec/specwcs.html . Checked against
``wspectext`` to 1e-10 Å. Wavelengths are in air, as IRAF's line lists are.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data import Override, OverrideChoice
from spectra_gui.readers import axes, headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.found import NO_NOISE, Claim, Found, Piece
from spectra_gui.readers.iraf_functions import (
    DispersionError,
    parse_aperture,
    spec_strings,
    wavelengths,
)
from spectra_gui.readers.onedim import Habits, first_known, own_resolution, pick_image, read_image
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.rowspan import RowSpan, wanted_rows
from spectra_gui.readers.wcs import instrument_words, spectral_axis, stated_unit

NAME: Final = "iraf"
TAKES: Final = frozenset({"hdu"})

FloatArray = NDArray[np.float64]

_AIR: Final = Claim("air", "IRAF's line lists are in air", assumed=True)


def sniff(probe: Probe) -> bool:
    """WAT0_001 with system equispec or multispec, or CTYPE1 = MULTISPE."""
    if probe.kind != "fits":
        return False
    hdu = next((hdu for hdu in probe.fits if hdu.is_image), None)
    return hdu is not None and _system(hdu.header) != "" and len(hdu.shape) <= 3


def _system(header: Header) -> str:
    words = header.text("WAT0_001").lower()
    for system in ("multispec", "equispec"):
        if system in words:
            return system
    return "multispec" if header.text("CTYPE1").upper().startswith("MULTISPE") else ""


def read(probe: Probe, override: Override) -> Found:
    """All apertures of the first band; its sigma band too, where there is one."""
    hdu = pick_image(probe, override)
    assert hdu is not None
    system = _system(hdu.header)
    if len(hdu.spectral_shape) == 1 and system != "multispec":
        return read_image(
            probe,
            override,
            description="IRAF spectrum",
            evidence=f"WAT0_001 = system={system or 'none'}",
            habits=Habits(medium=_AIR),
        )
    header = hdu.header
    found = Found(
        f"IRAF {system}",
        f"WAT0_001 = system={system}" if header.text("WAT0_001") else "CTYPE1 = MULTISPE",
        [],
        medium=first_known(headers.medium(header), _AIR),
        frame=headers.frame(header),
    )
    n_rows = hdu.shape[-2] if len(hdu.shape) > 1 else 1
    span = wanted_rows(probe, override, (n_rows, hdu.shape[-1]))
    found.total_rows = n_rows if n_rows > 1 else 0
    flux, sigma = _bands(hdu, span, found)
    bands = _Bands(span, flux, sigma, _titles(header, n_rows))
    (_multispec if system == "multispec" else _equispec)(probe, hdu, bands, found)
    power, _, found.resolution = own_resolution(header, Habits())
    for piece in found.pieces:
        piece.meta = headers.facts(header)
        piece.resolving_power = power
    if n_rows > 1:
        found.choices.append(
            OverrideChoice("rows", "Apertures to take (0, 1, …)", "all"),
        )
    return found


@dataclass(frozen=True, slots=True)
class _Bands:
    """Flux (rows, n) of the wanted apertures, and their sigma where there is a band of it.

    ``titles`` has the stars of rows, where each has one of its own.
    """

    span: RowSpan
    flux: FloatArray
    sigma: FloatArray | None
    titles: dict[int, str]

    def piece(self, place: int, axis: FloatArray, label: str, header: Header) -> Piece:
        """The aperture at a place of the span, as far as the axis goes."""
        title = self.titles.get(self.span.rows[place], "")
        name = (title or headers.object_name(header), label if self.span.total > 1 else "")
        if title and list(self.titles.values()).count(title) == 1:
            name = (title, "")
        n = axis.size
        return Piece(
            axis=axis,
            flux=self.flux[place, :n],
            noise=None if self.sigma is None else self.sigma[place, :n],
            name=" ".join(word for word in name if word),
            flux_unit=header.text("BUNIT"),
            row=self.span.rows[place],
        )


_COUNTS: Final = re.compile(
    r"(order|ap(erture)?|beam|fib(er|re)|spec(trum)?|row|slit)?\W*\d*", re.I
)


def _titles(header: Header, n_rows: int) -> dict[int, str]:
    """What APIDn calls the star in each row; {} where it says the same of all, or only counts."""
    titles = {row: header.text(f"APID{row + 1}") for row in range(n_rows)}
    stars = {row: title for row, title in titles.items() if not _COUNTS.fullmatch(title)}
    return stars if len(set(stars.values())) > 1 else {}


def _bands(hdu: Hdu, span: RowSpan, found: Found) -> tuple[FloatArray, FloatArray | None]:
    """Flux (apertures, n) of the first band, and the band that BANDIDn calls sigma."""
    n_bands = hdu.shape[0] if len(hdu.shape) == 3 else 1
    titles = [hdu.header.text(f"BANDID{i}").lower() for i in range(1, n_bands + 1)]
    sigma = None
    for i, title in enumerate(titles):
        if i and title.startswith("sigma"):
            sigma = span.of(hdu, plane=i)
            found.noise = Claim("sigma", f"BANDID{i + 1} = {title[:30]}")
    if n_bands > 1:
        what = "raw spectra, background or sigma" if any(titles) else "further bands"
        found.warnings.append(f"{n_bands} bands: the first is the spectrum ({what} beside).")
    if sigma is None:
        found.noise = NO_NOISE
    return span.of(hdu), sigma


def _multispec(probe: Probe, hdu: Hdu, bands: _Bands, found: Found) -> None:
    header = hdu.header
    strings = spec_strings(_joined(header))
    unit = stated_unit(header) or Claim("angstrom", "IRAF's default", assumed=True)
    scale = header.number("LTM1_1") or 1.0
    physical = (np.arange(1.0, hdu.shape[-1] + 1.0) - (header.number("LTV1") or 0.0)) / scale
    kinds = set()
    numbers = Counter(_first_word(text) for text in strings.values())
    for place, row in enumerate(bands.span.rows):
        try:
            aperture = parse_aperture(strings.get(row + 1, ""))
            values, note = wavelengths(aperture, physical)
        except DispersionError as error:
            found.warnings.append(f"Aperture {row + 1} has no valid dispersion ({error}).")
            continue
        if note:
            found.warnings.append(note)
        kinds.add(("linear", "log10", "function")[aperture.kind])
        # Pixels beyond nw carry no wavelength.
        n = aperture.n_pixels if 2 <= aperture.n_pixels < values.size else values.size
        axis = axes.to_angstrom(values[:n], unit.value)
        # Who puts the spectra of several files into one may leave each its number there.
        is_alone = numbers[_first_word(strings[row + 1])] < 2
        label = f"aperture {aperture.aperture}" if is_alone else f"row {row}"
        found.pieces.append(bands.piece(place, axis, label, header))
    if not found.pieces and not bands.span.is_part:
        raise probe.fail(
            "no_wavelength",
            f"{probe.name} is an IRAF multispec file without a valid dispersion.",
            "Run identify and dispcor on it first.",
        )
    found.unit = Claim("angstrom", unit.evidence, unit.assumed)
    found.scale = Claim(", ".join(sorted(kinds)), "spec strings in WAT2")


def _first_word(text: str) -> str:
    """The aperture's number in a spec string."""
    return text.strip().partition(" ")[0]


def _joined(header: Header) -> str:
    """The WAT2 cards as one text: each is 68 characters, with trailing blanks that count."""
    parts: list[str] = []
    for i in range(1, 10_000):
        value = header.get(f"WAT2_{i:03d}")
        if value is None:
            break
        parts.append(str(value).ljust(68))
    return "".join(parts)


def _equispec(probe: Probe, hdu: Hdu, bands: _Bands, found: Found) -> None:
    header = hdu.header
    axis = spectral_axis(header, hdu.shape[-1])
    if axis is None:
        raise probe.fail(
            "no_wavelength",
            f"{probe.name} is an IRAF file without CRVAL1 and CDELT1.",
            "Run identify and dispcor on it first.",
        )
    found.unit, found.scale, found.hint = axis.unit, axis.scale, instrument_words(header)
    found.warnings.extend(axis.warnings)
    for place, row in enumerate(bands.span.rows):
        title = header.text(f"APID{row + 1}")
        label = title if title and _COUNTS.fullmatch(title) else f"aperture {row + 1}"
        found.pieces.append(bands.piece(place, axis.values, label, header))
