"""From the members of an ensemble to an `Explanation`: one strip per branch, with its peaks.

Every map is scaled to its own peak before members are averaged, so that a member with large logits
does not drown the others; a member without positive evidence counts as zero. Knows networks and
prepared input; knows no bundle on disk and no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spectra_gui.data.explanation import Explanation, Strip, Target
from spectra_gui.data.mk import (
    LETTERS,
    LUMINOSITY_NAMES,
    N_LUMINOSITY,
    N_SUBTYPES,
    letter_index,
    subtype_name,
)
from spectra_gui.data.preparation import PreparationSpec
from spectra_gui.data.verdict import Verdict
from spectra_gui.inference.cam import guided_grad_cam
from spectra_gui.inference.occlusion import STEP_PX, WINDOW_PX, occlusion_drop
from spectra_gui.inference.peaks import strongest_peaks
from spectra_gui.networks.base import Network

Array = NDArray[np.float64]
Method = Literal["guided_grad_cam", "occlusion"]
MemberNetwork = tuple[str, str, Network]
"""Member name, kind, network."""

METHODS: Final[tuple[Method, ...]] = ("guided_grad_cam", "occlusion")


def target_cells(
    verdict: Verdict, target: Target, cell: tuple[int, int] | None = None
) -> tuple[NDArray[np.bool_], str]:
    """The cells of the MK grid that an explanation is about, and their name.

    Joint: the ten subtypes of the verdict's letter in its class; temperature: its letter in every
    class; luminosity: its class at every subtype. A ``cell`` (row, class index) goes before all.

    Returns
    -------
    cells : (70, 6) bool
    text : e.g. ``"type G V"``, ``"temperature class G"``, ``"luminosity class V"``, ``"box G2 V"``
    """
    cells = np.zeros((N_SUBTYPES, N_LUMINOSITY), dtype=bool)
    if cell is not None:
        cells[cell] = True
        return cells, f"box {subtype_name(cell[0])} {LUMINOSITY_NAMES[cell[1]]}"
    first = 10 * letter_index(verdict.letter)
    rows = slice(first, first + 10)
    column = LUMINOSITY_NAMES.index(verdict.luminosity)
    if target == "joint":
        cells[rows, column] = True
        return cells, f"type {verdict.letter} {verdict.luminosity}"
    if target == "temperature":
        cells[rows] = True
        return cells, f"temperature class {verdict.letter}"
    cells[:, column] = True
    return cells, f"luminosity class {verdict.luminosity}"


def explain(
    networks: Sequence[MemberNetwork],
    x: Tensor,
    *,
    spec: PreparationSpec,
    target: Target,
    cells: NDArray[np.bool_],
    target_text: str,
    method: Method = "guided_grad_cam",
    letters: str = "",
    bundle_name: str,
) -> Explanation:
    """Explain one prepared spectrum by all members of an ensemble.

    Guided Grad-CAM gives a strip per branch, averaged over the members of a kind that have a
    branch of that name, and none for members without convolutions; occlusion gives a strip per
    kind.

    Parameters
    ----------
    x : (1, 2, n_pixels) flux − 1 and validity
    cells : (70, 6) bool, see `target_cells`
    letters : spectral classes whose lines may be named; empty for those of the target

    Raises
    ------
    StructureError
        For a network that Guided Grad-CAM cannot follow; occlusion can explain it.
    ValueError
        For input of another shape than the grid's, not finite, or without a target cell.
    """
    if tuple(x.shape) != (1, 2, spec.n_pixels):
        raise ValueError(f"one spectrum is (1, 2, {spec.n_pixels}), not {tuple(x.shape)}")
    maps: dict[tuple[str, str], list[Array]] = {}
    for _, kind, network in networks:
        for name, evidence in _evidence(network, kind, x, cells, method):
            maps.setdefault((kind, name), []).append(evidence)
    letters = letters or _letters(cells)
    strips = tuple(_strip(name, method, maps[kind, name], spec, letters) for kind, name in maps)
    return Explanation(target, target_text, spec.wavelength_aa, strips, bundle_name)


def scaled_mean(maps: Sequence[Array]) -> tuple[Array, Array, bool]:
    """Members' evidence, each scaled to its own peak: mean (n,), spread (n,), and if any is not 0.

    The spread is the standard deviation over the members that there are (0 for a single one).
    """
    scaled = np.stack([_scaled(one) for one in maps])
    return scaled.mean(axis=0), scaled.std(axis=0), bool(scaled.any())


def _scaled(evidence: Array) -> Array:
    peak = float(evidence.max())
    return evidence / peak if peak > 0 else np.zeros_like(evidence)


def _evidence(
    network: Network, kind: str, x: Tensor, cells: NDArray[np.bool_], method: Method
) -> list[tuple[str, Array]]:
    """(name, evidence (n,) ≥ 0) per strip of one member.

    Where the spectrum has no pixel nothing can have spoken, whatever the gradient says.
    """
    valid = x[0, 1].cpu().numpy() > 0
    if method == "occlusion":
        drop = occlusion_drop(network, x, cells)
        return [(kind.replace("_", " "), np.where(valid, np.maximum(drop, 0.0), 0.0))]
    # A line in absorption speaks through a negative gradient (less flux, more of the target), so
    # the size counts: the positive part alone marks the continuum beside the lines. Times the
    # flux it would mark deep lines whatever the weights, so the input's shape is kept out.
    if not network.cam_layers():
        return []
    return [
        (one.branch, np.where(valid, np.abs(one.product[0]), 0.0))
        for one in guided_grad_cam(network, x, cells)
    ]


def _letters(cells: NDArray[np.bool_]) -> str:
    """The spectral classes that a target is about, whose lines may explain it."""
    rows = np.flatnonzero(cells.any(axis=1))
    return "".join(LETTERS[i] for i in sorted(set((rows // 10).tolist())))


def _strip(
    name: str, method: Method, maps: Sequence[Array], spec: PreparationSpec, letters: str
) -> Strip:
    relevance, spread, positive = scaled_mean(maps)
    window_aa, step_aa = WINDOW_PX * spec.step_aa, STEP_PX * spec.step_aa
    if method == "occlusion":
        # A peak is known to half a step, and two of them stand a window apart.
        width_aa, tolerance_aa = window_aa / 2.0, spec.fwhm_aa + step_aa / 2.0
    else:
        width_aa, tolerance_aa = spec.fwhm_aa, max(spec.fwhm_aa, 2.0 * spec.step_aa)
    peaks = strongest_peaks(
        relevance,
        spread=spread,
        wavelength_aa=spec.wavelength_aa,
        medium=spec.medium,
        fwhm_aa=width_aa,
        tolerance_aa=tolerance_aa,
        letters=letters,
    )
    return Strip(
        name, method, relevance.astype(np.float32), spread.astype(np.float32), peaks, positive
    )
