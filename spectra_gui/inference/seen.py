"""Is a spectrum's star one that a bundle learnt from? By name, by position, by the spectrum itself.

Names are compared as catalogues write them and with the aliases that the bundle holds; nothing is
looked up elsewhere. Knows no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from spectra_gui.bundles import Bundle
from spectra_gui.data import Spectrum
from spectra_gui.data.identifiers import display_name, star_key, star_keys
from spectra_gui.data.opinion import Neighbour, Seen

NEAR_ARCSEC: Final = 5.0
"""Catalogues and headers place a bright star that well; its proper motion may add as much."""

SAME_SPECTRUM: Final = 0.1
"""Nearer than any other star's spectrum came to one of 1729 held-out stars (0.12), in units of
how far two stars of one type usually lie apart."""


class TrainingStars:
    """The stars that a bundle learnt from, to be asked for; also of bundles without features."""

    def __init__(self, bundle: Bundle) -> None:
        self._names: dict[str, str] = {}
        for star in bundle.training.get("stars", ()):
            self._names.setdefault(star_key(str(star)), str(star))
        self._stars: tuple[str, ...] = ()
        self._places = np.empty((0, 3))
        space = bundle.neighbours
        if space is None:
            return
        for star, aliases in zip(space.stars, space.aliases, strict=True):
            for name in (star, *aliases):
                self._names.setdefault(star_key(name), star)
        known = np.flatnonzero(np.isfinite(space.ra_deg) & np.isfinite(space.dec_deg))
        self._stars = tuple(space.stars[i] for i in known)
        self._places = _on_sphere(space.ra_deg[known], space.dec_deg[known])

    def seen(self, spectrum: Spectrum) -> Seen | None:
        """The training star that a spectrum is of, by its name or position."""
        for key in star_keys(spectrum.name):
            if key in self._names:
                return Seen(display_name(self._names[key]), "name")
        star = self._at(spectrum.meta.get("ra_deg"), spectrum.meta.get("dec_deg"))
        return None if star is None else Seen(display_name(star), "position")

    def _at(self, ra_deg: Any, dec_deg: Any) -> str | None:
        """The star at a position, None where there is none or the header's is no position."""
        try:
            ra, dec = float(ra_deg), float(dec_deg)
        except (TypeError, ValueError):
            return None
        if not len(self._stars) or not (np.isfinite(ra) and np.isfinite(dec)):
            return None
        offset = self._places - _on_sphere(np.array([ra]), np.array([dec]))
        chord = np.sqrt((offset**2).sum(1))
        best = int(chord.argmin())
        return self._stars[best] if np.degrees(chord[best]) * 3600.0 < NEAR_ARCSEC else None


def same_spectrum(nearest: Sequence[Neighbour]) -> Seen | None:
    """The first of the nearest stars where it is as near as only its own spectrum is."""
    if not nearest or nearest[0].distance >= SAME_SPECTRUM:
        return None
    return Seen(nearest[0].name, "spectrum")


def _on_sphere(ra_deg: Any, dec_deg: Any) -> Any:
    """(n, 3) unit vectors."""
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1)
