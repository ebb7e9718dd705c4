"""DEIMOS by DEEP2's spec2d: spec1d tables of both sides of the detector, by two extractions.

Source: https://deep.ps.uci.edu/DR4/spectra.html : HDUs Bxspf-B, Bxspf-R (boxcar), Horne-B and
Horne-R (optimal), each one row of vectors SPEC, LAMBDA (Å) and IVAR. Both sides of the detector
are of one object, and DEEP2's own fill_gap joins them; so they are one spectrum here. The pages do
not state medium and frame; spec2d itself turns LAMBDA from air to vacuum before it measures
redshifts, so air and as observed are assumed.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.fitsfile import Hdu
from spectra_gui.readers.found import ANGSTROM, STORED, Claim, Found, Parts, Piece
from spectra_gui.readers.onedim import hdu_choice, hdu_list, merged_header
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override

NAME: Final = "deimos"
TAKES: Final = frozenset({"hdu"})


def sniff(probe: Probe) -> bool:
    """HDUs named Bxspf or Horne with SPEC and LAMBDA."""
    return probe.kind == "fits" and bool(_tables(probe, "HORNE") or _tables(probe, "BXSPF"))


def _tables(probe: Probe, word: str) -> list[Hdu]:
    units = (probe.fits.get(i) for i in range(1, 10))
    return [
        hdu
        for hdu in units
        if hdu is not None
        and hdu.name.startswith(word)
        and hdu.is_table
        and hdu.table.has("spec", "lambda")
    ]


def read(probe: Probe, override: Override) -> Found:
    """The sides of the optimal extraction, else of the boxcar, or the HDU that was asked for."""
    chosen = _tables(probe, "HORNE") or _tables(probe, "BXSPF")
    if override.hdu is not None:
        hdu = probe.fits.choose(override.hdu)
        if hdu is None or not hdu.is_table or not hdu.table.has("spec", "lambda"):
            raise bad_override(f"there is no spectrum in HDU {override.hdu}", hdu_list(probe.fits))
        chosen = [hdu]
    found = Found(
        "DEIMOS spec1d (DEEP2)",
        f"SPEC and LAMBDA in {', '.join(hdu.name for hdu in chosen)}",
        [],
        unit=ANGSTROM,
        scale=STORED,
        medium=Claim("air", "DEEP2's spec2d calibrates in air", assumed=True),
        frame=Claim("observed", "DEEP2's spec2d shifts nothing", assumed=True),
        noise=Claim("ivar", "column IVAR, 0 = no data"),
    )
    if len(chosen) > 1:
        sides = " and ".join(hdu.name for hdu in chosen)
        found.parts = Parts("arms", f"{sides}: both sides of the detector", merged=True)
    for row, hdu in enumerate(chosen):
        table = hdu.table
        flux, wave, ivar = (table.find(name) for name in ("spec", "lambda", "ivar"))
        assert flux is not None
        assert wave is not None
        header = merged_header(probe.fits, hdu)
        name = header.text("OBJNO") or headers.object_name(header)
        found.pieces.append(
            Piece(
                axis=table.array(wave, 0),
                flux=table.array(flux, 0),
                noise=None if ivar is None else table.array(ivar, 0),
                name=f"{name} {hdu.name}".strip(),
                row=row,
                meta=headers.facts(header),
            )
        )
        # Outside the slit's spectrum LAMBDA is 0 or repeats; IVAR is 0 there.
        found.pieces[-1].bad = ~(found.pieces[-1].axis > 0.0) | np.isnan(found.pieces[-1].flux)
    found.choices.extend(hdu_choice(probe.fits, chosen[0]))
    return found
