"""What stands beside verdicts and changes none of them: a second opinion, and stars seen before.

Knows a bundle's training stars; knows no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle
from spectra_gui.data import LETTERS, LUMINOSITY_NAMES, Prepared, Spectrum, Verdict
from spectra_gui.data.opinion import SecondOpinion, Seen
from spectra_gui.inference.neighbours import Opinions
from spectra_gui.inference.seen import TrainingStars, same_spectrum

COVERAGE_OF_SAME: Final = 0.9
"""Least of a spectrum that may be called the very one that was learnt from."""


class Beside:
    """Adds to verdicts what the training stars of a bundle say; without them only their names."""

    def __init__(self, bundle: Bundle) -> None:
        self._stars = TrainingStars(bundle)
        space = bundle.neighbours
        self._opinions = None if space is None else Opinions(bundle, space)

    def added(
        self,
        verdicts: Sequence[Verdict],
        prepared: Sequence[Prepared | None],
        known: Sequence[NDArray[np.bool_] | None],
        spectra: Sequence[Spectrum],
    ) -> list[Verdict]:
        """The verdicts with ``second_opinion`` and ``seen``.

        Parameters
        ----------
        prepared : None where a spectrum could not be prepared; ``known`` (n_pixels,) its pixels
            to be compared, None likewise
        """
        named = [self._stars.seen(spectrum) for spectrum in spectra]
        opinions = self._second_opinions(verdicts, prepared, known, named)
        found = []
        for verdict, here, seen, opinion in zip(verdicts, prepared, named, opinions, strict=True):
            whole = here is not None and here.coverage >= COVERAGE_OF_SAME
            if seen is None and opinion is not None and whole:
                seen = same_spectrum(opinion.stars)
            # A type that is withheld is not given by another door.
            told = None if verdict.state == "refuse" else opinion
            if seen is None and told is None:
                found.append(verdict)
            else:
                found.append(replace(verdict, second_opinion=told, seen=seen))
        return found

    def _second_opinions(
        self,
        verdicts: Sequence[Verdict],
        prepared: Sequence[Prepared | None],
        known: Sequence[NDArray[np.bool_] | None],
        named: Sequence[Seen | None],
    ) -> list[SecondOpinion | None]:
        told: list[SecondOpinion | None] = [None] * len(verdicts)
        rows = [(i, p, k) for i, (p, k) in enumerate(zip(prepared, known, strict=True))]
        there = [(i, p.flux, k) for i, p, k in rows if p is not None and k is not None]
        if self._opinions is None or not there:
            return told
        chosen = [verdicts[i] for i, _, _ in there]
        found = self._opinions.of(
            np.stack([flux for _, flux, _ in there]),
            np.stack([k for _, _, k in there]),
            np.array([LETTERS.index(v.letter) for v in chosen]),
            np.array([LUMINOSITY_NAMES.index(v.luminosity) for v in chosen]),
            ["" if (seen := named[i]) is None else seen.star for i, _, _ in there],
        )
        for (i, _, _), opinion in zip(there, found, strict=True):
            told[i] = opinion
        return told
