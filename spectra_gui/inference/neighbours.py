"""A second opinion: the class means and training stars whose spectra are most like a given one.

Spectra are compared in the leading principal components of the training spectra, each divided by
the square root of its standard deviation: between plain flux, where few broad differences outweigh
the lines that tell luminosity, and whitened components, which follow noise. Both rank worse
on held-out stars, and so do metrics learnt from labels once a spectrum is blurred or noisy.
Knows no network, and its answers change none of theirs. Pure numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle, Neighbours
from spectra_gui.data import LUMINOSITY_NAMES, N_LUMINOSITY, N_SUBTYPES
from spectra_gui.data.answer import answer, cells
from spectra_gui.data.identifiers import display_name
from spectra_gui.data.labels import label_grid
from spectra_gui.data.mk import format_code
from spectra_gui.data.opinion import Neighbour, SecondOpinion
from spectra_gui.inference.seen import SAME_SPECTRUM

Floats = NDArray[np.float64]

N_VOTERS: Final = 8
"""Nearest stars that give the type; 5 to 12 do equally well on held-out stars."""

N_STARS: Final = 5
N_TEMPLATES: Final = 3
"""So many are told by name."""

_BEYOND_ALL: Final = 1e6
"""No distance is so large; stars that may not vote stand at infinity."""

LEAST_AGREEMENT: Final = 0.3
"""Below this share of the voters with the answer's letter and class, they differ from it.

Measured on 1729 held-out stars: 4 % of right answers fall below, and 25 % of wrong ones."""


def features(
    space: Neighbours, flux: NDArray[np.float32], valid: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(b, k) coefficients of prepared spectra, by least squares on what is valid.

    With the components' variances as prior (gappy PCA: Everson & Sirovich 1995, JOSA A 12, 1657;
    Connolly & Szalay 1999, AJ 117, 2052), so that gaps do not make it follow noise.
    """
    components = space.components
    offset = np.where(valid, flux - space.mean, 0.0).astype(np.float32)
    ridge = np.diag(space.noise**2 / space.variances.astype(np.float64))
    full = (components @ components.T).astype(np.float64)
    gram = np.repeat((full + ridge)[None], len(flux), axis=0)
    for i in np.flatnonzero(~valid.all(axis=1)):
        bad = ~valid[i]
        if 2 * int(bad.sum()) < len(bad):  # the fewer pixels are the quicker ones
            gram[i] -= components[:, bad] @ components[:, bad].T
        else:
            gram[i] = components[:, ~bad] @ components[:, ~bad].T + ridge
    sides = (offset @ components.T).astype(np.float64)
    return np.asarray(np.linalg.solve(gram, sides[:, :, None])[:, :, 0], dtype=np.float64)


def scaled(space: Neighbours, coefficients: NDArray[np.floating]) -> NDArray[np.float32]:
    """(b, k) coefficients in which distances are Euclidean, in units of ``space.unit``."""
    weight = space.variances.astype(np.float64) ** -0.25 / space.unit
    return np.asarray(coefficients * weight, dtype=np.float32)


def distances(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """(a, b) Euclidean distances of rows (a, k) and (b, k)."""
    square = (one**2).sum(1)[:, None] + (other**2).sum(1) - 2.0 * (one @ other.T)
    return np.asarray(np.sqrt(np.maximum(square, 0.0)), dtype=np.float32)


def votes(distance: NDArray[np.floating], grids: NDArray[np.floating]) -> Floats:
    """(b, 70, 6) what the nearest stars say, the nearer counting more; each of sum 1.

    Parameters
    ----------
    distance : (b, n) to the stars of ``grids`` (n, 420), their labels as distributions
    """
    k = min(N_VOTERS, distance.shape[1] - 1)
    nearest = np.argpartition(distance, k, axis=1)[:, : k + 1]
    near = np.take_along_axis(distance, nearest, axis=1)
    order = np.argsort(near, axis=1, kind="stable")
    nearest = np.take_along_axis(nearest, order, axis=1)
    near = np.minimum(np.take_along_axis(near, order, axis=1).astype(np.float64), _BEYOND_ALL)
    # The star after the last one that votes has no weight, so none comes in with a jump.
    beyond = np.maximum(near[:, k:], 1e-9)
    weight = np.maximum(1.0 - (near[:, :k] / beyond) ** 2, 1e-6)
    weight /= weight.sum(1, keepdims=True)
    summed = np.einsum("bk,bkc->bc", weight, grids[nearest[:, :k]].astype(np.float64))
    return np.asarray(summed.reshape(-1, N_SUBTYPES, N_LUMINOSITY), dtype=np.float64)


class Opinions:
    """Second opinions by the training stars and class means of a bundle."""

    def __init__(self, bundle: Bundle, space: Neighbours) -> None:
        self._space = space
        templates = bundle.templates
        everywhere = np.ones(templates.flux.shape, bool)
        means = features(space, templates.flux, everywhere) if len(templates.names) else ()
        self._means = scaled(space, np.reshape(means, (-1, len(space.variances))))
        self._mean_names = templates.names
        self._stars = scaled(space, space.features)
        full = np.isfinite(space.code) & (space.luminosity.sum(1) > 0)
        self._voters = np.flatnonzero(full)
        self._single = np.flatnonzero(~space.composite)
        self._rows_of: dict[str, list[int]] = {}
        for i, star in enumerate(space.stars):
            self._rows_of.setdefault(display_name(star), []).append(i)
        grids = label_grid(space.code, space.luminosity)[self._voters]
        self._grids = grids.reshape(len(self._voters), -1).astype(np.float32)

    def of(
        self,
        flux: NDArray[np.float32],
        valid: NDArray[np.bool_],
        letters: NDArray[np.intp],
        luminosities: NDArray[np.intp],
        own: Sequence[str] = (),
    ) -> list[SecondOpinion]:
        """Opinions on prepared spectra (b, n_pixels) beside the networks' answers (b,).

        ``own`` names the training star that each is, "" for none: it is told, but has no say.
        """
        here = scaled(self._space, features(self._space, flux, valid))
        to_stars, to_means = distances(here, self._stars), distances(here, self._means)
        if len(self._voters) < 2:
            return [self._opinion(*rows, None) for rows in zip(to_stars, to_means, strict=True)]
        voters = self._without_own(to_stars, own)[:, self._voters]
        said = votes(voters, self._grids)
        mass = cells(said)[np.arange(len(said)), letters, luminosities]
        names = [
            (int(letter), int(luminosity), float(code))
            for letter, luminosity, code in zip(*answer(said), strict=True)
        ]
        return [
            self._opinion(
                to_stars[i],
                to_means[i],
                (names[i], float(mass[i]), int(letters[i]), int(luminosities[i])),
            )
            for i in range(len(here))
        ]

    def _without_own(
        self, to_stars: NDArray[np.float32], own: Sequence[str]
    ) -> NDArray[np.float32]:
        """The distances, infinite to a spectrum's own star: by its name, or where it is as good
        as the same."""
        others = to_stars.copy()
        if not len(self._single):
            return others
        for i in range(len(others)):
            star = own[i] if i < len(own) else ""
            nearest = self._single[to_stars[i, self._single].argmin()]
            if not star and to_stars[i, nearest] < SAME_SPECTRUM:
                star = display_name(self._space.stars[nearest])
            others[i, self._rows_of.get(star, [])] = np.inf
        return others

    def _opinion(
        self,
        to_stars: NDArray[np.float32],
        to_means: NDArray[np.float32],
        vote: tuple[tuple[int, int, float], float, int, int] | None,
    ) -> SecondOpinion:
        stars, templates = self._nearest_stars(to_stars), self._nearest_means(to_means)
        if vote is None or float(to_stars.min()) > self._space.far:
            return SecondOpinion("", None, (), stars, templates)
        (letter, luminosity, code), agreement, own_letter, own_luminosity = vote
        differs: list[Literal["letter", "class"]] = []
        if agreement < LEAST_AGREEMENT:
            differs += ["letter"] if letter != own_letter else []
            differs += ["class"] if luminosity != own_luminosity else []
        name = f"{format_code(code)} {LUMINOSITY_NAMES[luminosity]}"
        return SecondOpinion(name, agreement, tuple(differs), stars, templates)

    def _nearest_stars(self, distance: NDArray[np.float32]) -> tuple[Neighbour, ...]:
        """The nearest single stars, each once: two libraries may hold the same."""
        space, found = self._space, dict[str, Neighbour]()
        single = distance[self._single]
        wanted = min(3 * N_STARS, len(single))
        some = np.argpartition(single, wanted - 1)[:wanted] if wanted else np.empty(0, np.intp)
        for i in self._single[some[np.argsort(single[some], kind="stable")]].tolist():
            star = space.stars[i]
            if star not in found and len(found) < N_STARS:
                near = float(distance[i])
                found[star] = Neighbour(display_name(star), space.labels[i], near)
        return tuple(found.values())

    def _nearest_means(self, distance: NDArray[np.float32]) -> tuple[Neighbour, ...]:
        names = self._mean_names
        nearest = np.argsort(distance, kind="stable")[:N_TEMPLATES]
        return tuple(Neighbour(names[i], names[i], float(distance[i])) for i in nearest.tolist())
