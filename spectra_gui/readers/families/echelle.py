"""Echelle orders as an image, with an image of wavelengths beside: S2D of ESPRESSO's pipeline
(HARPS, HARPS-N, NIRPS too), CARMENES, SPIRou, NEID, KPF.

Source: ESPRESSO pipeline manual (SCIDATA, ERRDATA, QUALDATA, WAVEDATA_VAC_BARY,
WAVEDATA_AIR_BARY), http://carmenes.cab.inta-csic.es (SPEC, SIG, WAVE, vacuum; Caballero et al.
2016, Proc. SPIE 9910, 99100E), https://www.cfht.hawaii.edu/Instruments/SPIRou/SPIRou_pipeline.php
(FluxAB, WaveAB in nm, vacuum, BlazeAB), https://neid.ipac.caltech.edu/docs/NEID-DRP/ (SCIFLUX,
SCIWAVE, SCIVAR) and https://github.com/Keck-DataReductionPipelines/KPF-Pipeline (GREEN_SCI_FLUX2
and its like; of three slices of the star's image the middle one is taken). Each order is a
spectrum, and blaze functions are not taken out, until they are merged. Where the name of the HDU
does not say the medium, vacuum is assumed. S2D is barycentric by name, NEID and KPF are assumed to
be as observed, and of the others the frame is left unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers import axes, headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import (
    ANGSTROM,
    NO_NOISE,
    STORED,
    UNSTATED,
    Claim,
    Found,
    Parts,
    Piece,
)
from spectra_gui.readers.onedim import first_known, merged_header
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.wcs import instrument_words

NAME: Final = "echelle"
TAKES: Final[frozenset[str]] = frozenset()

_MAX_HDUS: Final = 30


@dataclass(frozen=True, slots=True)
class _Layout:
    """Names of the HDUs of one pipeline, and what is known of its wavelengths."""

    label: str
    flux: str
    wave: str
    noise: str = ""
    quality: str = ""
    unit: str = ""
    frame: str = "unknown"
    noise_kind: str = "sigma"
    chip: str = ""
    blaze: str = ""


_LAYOUTS: Final = (
    _Layout(
        "S2D of the ESPRESSO pipeline",
        "SCIDATA",
        "WAVEDATA_VAC_BARY",
        "ERRDATA",
        "QUALDATA",
        "angstrom",
        "barycentric",
    ),
    _Layout("CARMENES", "SPEC", "WAVE", "SIG", "", "angstrom"),
    *(
        _Layout("SPIRou", f"FLUX{f}", f"WAVE{f}", unit="nm", blaze=f"BLAZE{f}")
        for f in ("AB", "A", "B")
    ),
    _Layout(
        "NEID",
        "SCIFLUX",
        "SCIWAVE",
        "SCIVAR",
        unit="angstrom",
        frame="observed",
        noise_kind="variance",
    ),
    *(
        _Layout(
            "KPF",
            flux=f"{chip}_SCI_FLUX{n}",
            wave=f"{chip}_SCI_WAVE{n}",
            noise=f"{chip}_SCI_VAR{n}",
            unit="angstrom",
            frame="observed",
            noise_kind="variance",
            chip=chip,
        )
        for chip in ("GREEN", "RED")
        for n in (2, 1, 3)
    ),
)


def sniff(probe: Probe) -> bool:
    """Images of orders and of their wavelengths, of one shape, by names of a known pipeline."""
    return probe.kind == "fits" and bool(_layouts(probe))


def _layouts(probe: Probe) -> list[tuple[_Layout, dict[str, Hdu]]]:
    """The layout of the file, or one for each chip, with the images that have its shape."""
    units = (probe.fits.get(i) for i in range(_MAX_HDUS))
    named = {hdu.name: hdu for hdu in units if hdu is not None and len(hdu.shape) == 2}
    found: dict[str, tuple[_Layout, dict[str, Hdu]]] = {}
    label = ""
    for layout in _LAYOUTS:
        flux, wave = named.get(layout.flux), named.get(layout.wave)
        fits = flux is not None and wave is not None and flux.shape == wave.shape
        if not fits or flux is None or label not in ("", layout.label) or layout.chip in found:
            continue
        label = layout.label
        images = {name: hdu for name, hdu in named.items() if hdu.shape == flux.shape}
        found[layout.chip] = layout, images
    return list(found.values())


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each order that has any wavelength and flux."""
    layouts = _layouts(probe)
    layout, images = layouts[0]
    header = merged_header(probe.fits, images[layout.flux])
    stated = axes.parse_unit(images[layout.wave].header.text("BUNIT", "CUNIT1"))
    by_name = "BARY" in layout.wave
    found = Found(
        layout.label,
        f"HDUs {layout.flux} and {layout.wave}",
        [],
        unit=_unit(stated, layout),
        scale=STORED,
        hint=instrument_words(header),
        medium=first_known(
            headers.medium(header),
            Claim("vacuum", f"HDU {layout.wave}", assumed="VAC" not in layout.wave),
        ),
        frame=first_known(
            headers.frame(header),
            Claim(layout.frame, f"HDU {layout.wave}", assumed=not by_name),
        ),
        noise=NO_NOISE,
        parts=Parts("orders", f"rows of HDU {layout.flux}"),
    )
    row = 0
    for layout, images in layouts:
        _add_orders(layout, images, headers.object_name(header), row, found)
        row += images[layout.flux].shape[0]
    for piece in found.pieces:
        piece.flux_unit, piece.meta = header.text("BUNIT"), headers.facts(header)
    if not found.pieces:
        raise probe.fail(
            "no_good_pixels",
            f"{probe.name} holds echelle orders without any flux.",
            "Check that the exposure was a star's.",
        )
    return found


def _add_orders(
    layout: _Layout, images: dict[str, Hdu], name: str, first: int, found: Found
) -> None:
    """The orders of one chip, of which the first has the number ``first``."""
    flux, wave = images[layout.flux].image(), images[layout.wave].image()
    noise = images[layout.noise].image() if layout.noise in images else None
    quality = images[layout.quality].image() if layout.quality in images else None
    blaze = images[layout.blaze].image() if layout.blaze in images else None
    if noise is not None:
        found.noise = Claim(layout.noise_kind, f"HDU {layout.noise}")
    if quality is not None:
        found.mask = Claim("", f"HDU {layout.quality}, not zero = bad")
    for row in range(flux.shape[0]):
        good = np.isfinite(flux[row]) & np.isfinite(wave[row]) & (wave[row] > 0.0)
        if np.count_nonzero(good & (flux[row] != 0.0)) < 2:
            continue
        found.pieces.append(
            Piece(
                axis=wave[row],
                flux=flux[row],
                noise=None if noise is None else noise[row],
                bad=None if quality is None else quality[row] != 0.0,
                blaze=None if blaze is None else blaze[row],
                name=f"{name} order {first + row}".strip(),
                row=first + row,
            )
        )


def _unit(stated: str, layout: _Layout) -> Claim:
    if stated:
        return Claim(stated, f"BUNIT of {layout.wave}")
    if layout.unit == "angstrom":
        return ANGSTROM
    return Claim(layout.unit, "definition of the format") if layout.unit else UNSTATED
