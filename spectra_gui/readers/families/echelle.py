"""Echelle orders as an image, with an image of wavelengths beside: S2D of ESPRESSO's pipeline
(HARPS, HARPS-N, NIRPS too), CARMENES, SPIRou.

Source: ESPRESSO pipeline manual (SCIDATA, ERRDATA, QUALDATA, WAVEDATA_VAC_BARY,
WAVEDATA_AIR_BARY), http://carmenes.cab.inta-csic.es (SPEC, SIG, WAVE, vacuum; Caballero et al.
2016, Proc. SPIE 9910, 99100E) and https://www.cfht.hawaii.edu/Instruments/SPIRou/SPIRou_pipeline.php
(FluxAB, WaveAB in nm, vacuum, BlazeAB). Each order is a spectrum, and blaze functions are not taken
out, until they are merged. Where
the name of the HDU does not say the medium, vacuum is assumed, and the frame is left unknown but
for S2D (barycentric by name).
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
)


def sniff(probe: Probe) -> bool:
    """Images of orders and of their wavelengths, of one shape, by names of a known pipeline."""
    return probe.kind == "fits" and _layout(probe) is not None


def _layout(probe: Probe) -> tuple[_Layout, dict[str, Hdu]] | None:
    units = (probe.fits.get(i) for i in range(_MAX_HDUS))
    named = {hdu.name: hdu for hdu in units if hdu is not None and len(hdu.shape) == 2}
    for layout in _LAYOUTS:
        flux, wave = named.get(layout.flux), named.get(layout.wave)
        if flux is not None and wave is not None and flux.shape == wave.shape:
            return layout, {name: hdu for name, hdu in named.items() if hdu.shape == flux.shape}
    return None


def read(probe: Probe, override: Override) -> Found:
    """One spectrum for each order that has any wavelength and flux."""
    found_layout = _layout(probe)
    assert found_layout is not None
    layout, images = found_layout
    flux, wave = images[layout.flux].image(), images[layout.wave].image()
    noise = images[layout.noise].image() if layout.noise in images else None
    quality = images[layout.quality].image() if layout.quality in images else None
    blaze = images[layout.blaze].image() if layout.blaze in images else None
    header = merged_header(probe.fits, images[layout.flux])
    stated = axes.parse_unit(images[layout.wave].header.text("BUNIT", "CUNIT1"))
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
        frame=first_known(headers.frame(header), Claim(layout.frame, f"HDU {layout.wave}")),
        noise=Claim("sigma", f"HDU {layout.noise}") if noise is not None else NO_NOISE,
        mask=Claim("", f"HDU {layout.quality}, not zero = bad") if quality is not None else None,
        parts=Parts("orders", f"rows of HDU {layout.flux}"),
    )
    name = headers.object_name(header)
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
                name=f"{name} order {row}".strip(),
                flux_unit=header.text("BUNIT"),
                row=row,
                meta=headers.facts(header),
            )
        )
    if not found.pieces:
        raise probe.fail(
            "no_good_pixels",
            f"{probe.name} holds echelle orders without any flux.",
            "Check that the exposure was a star's.",
        )
    return found


def _unit(stated: str, layout: _Layout) -> Claim:
    if stated:
        return Claim(stated, f"BUNIT of {layout.wave}")
    if layout.unit == "angstrom":
        return ANGSTROM
    return Claim(layout.unit, "definition of the format") if layout.unit else UNSTATED
