"""Whether a map changes with what was learnt, and stays under what does not matter.

Randomisation after Adebayo et al. 2018 (NeurIPS, arXiv:1810.03292): a map that looks the same when
the network's weights are drawn anew shows the spectrum, not the network. They found that guided
backpropagation fails this test, so the two factors of Guided Grad-CAM are reported too. Knows
networks and prepared input; knows no bundle.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Final

import numpy as np
import torch
from scipy.ndimage import shift
from scipy.stats import rankdata
from torch import nn

from spectra_gui.evaluation.evidence import Explained, Sample, parts_of, strips_of
from spectra_gui.evaluation.explanations import HEAD, PEAK_FWHM, Likeness, mean_figure
from spectra_gui.evaluation.strips import Array, Cells, Strips, to_resolution
from spectra_gui.networks import Network
from spectra_gui.units import FWHM_PER_SIGMA

SIGNAL_TO_NOISE: Final = (50.0, 20.0)
SHIFT_PX: Final = 0.5

OTHER_TARGET: Final = "another target"
OTHER_MEMBER: Final = "another member"

Key = tuple[str, str, str]
"""Strip, which map, change."""


def stages(network: Network) -> list[tuple[str, list[nn.Module]]]:
    """The layers with weights in the order in which they are drawn anew: from the head down.

    Layers at one depth of parallel branches go together, and a norm with what it follows.
    """
    found: dict[str, list[nn.Module]] = {}
    for name, module in network.named_modules():
        if hasattr(module, "reset_parameters") and list(module.parameters(recurse=False)):
            found.setdefault(_depth(name), []).append(module)
    found = {HEAD: found.pop("logits"), **dict(reversed(found.items()))}
    return list(found.items())


def _depth(name: str) -> str:
    """``branches.2.blocks.1.conv1`` → ``blocks.1``; ``mix_norm`` → ``mix``."""
    name = re.sub(r"^branches\.\d+\.", "", name)
    block = re.match(r"blocks\.\d+", name)
    if block:
        return block.group()
    first = name.split(".")[0].removesuffix("_norm")
    return "squeeze" if first == "norm" else first


def randomised(network: Network, n_stages: int, *, seed: int = 0) -> Network:
    """A copy whose last ``n_stages`` stages have the weights of a network that learnt nothing."""
    copy = deepcopy(network)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for _, modules in stages(copy)[:n_stages]:
            for module in modules:
                module.reset_parameters()  # type: ignore[operator]
    return copy.eval()


def randomised_likeness(
    members: Sequence[Explained], sample: Sample, fwhm_px: float
) -> dict[Key, Array]:
    """(n, 2) correlation and whether the peak stays, of the first member of each kind.

    Beside the randomised networks, as measures: another target (the neighbouring letter) and
    another member of the kind where there is one.
    """
    found: dict[Key, Array] = {}
    for kind in dict.fromkeys(member.kind for member in members):
        same = [member for member in members if member.kind == kind]
        network = same[0].network
        before = parts_of(network, sample)

        def note(change: str, other: Network, asked: Sample) -> None:
            for branch, maps in parts_of(other, asked).items():
                for of, values in maps.items():
                    pair = before[branch][of], values  # noqa: B023
                    found[branch, of, change] = likeness(*pair, sample.valid, fwhm_px)

        words = ""
        for n, (stage, _) in enumerate(stages(network), 1):
            words = f"{words} + {stage}".removeprefix(" + ")
            note(words if n == 1 else f"… + {stage}", randomised(network, n), sample)
        note(OTHER_TARGET, network, Sample(sample.x, neighbouring(sample.cells)))
        if len(same) > 1:
            note(OTHER_MEMBER, same[1].network, sample)
    return found


def neighbouring(cells: Cells) -> Cells:
    """The same class in the next cooler letter, for M in K."""
    moved = np.roll(cells, 10, axis=1)
    coolest = cells[:, 60:].any(axis=(1, 2))
    moved[coolest] = np.roll(cells[coolest], -10, axis=1)
    return np.asarray(moved)


def stable_likeness(
    members: Sequence[Explained],
    sample: Sample,
    evidence: dict[str, Strips],
    fwhm_px: float,
    *,
    seed: int = 0,
) -> dict[Key, Array]:
    """(n, 2) correlation and whether the peak stays, of the strips under noise and a shift.

    The noise is white from pixel to pixel of the grid; the shifted strip is moved back.
    """
    rng = np.random.default_rng(seed)
    flux = sample.x[:, 0].astype(np.float64)
    changes = {
        f"S/N {snr:g} per pixel": flux + rng.normal(0.0, 1.0 / snr, flux.shape)
        for snr in SIGNAL_TO_NOISE
    }
    moved_words = f"{SHIFT_PX:g} px shift"
    changes[moved_words] = shift(flux, (0.0, SHIFT_PX), order=3, mode="nearest")
    found = {}
    for change, centred in changes.items():
        for strip, other in strips_of(members, sample.with_flux(centred)).items():
            after = other.relevance
            if change == moved_words:
                after = shift(after, (0.0, -SHIFT_PX), order=1, mode="nearest")
            found[strip, "evidence", change] = likeness(
                evidence[strip].relevance, after, sample.valid, fwhm_px
            )
    return found


def likeness(before: Array, after: Array, valid: Cells, fwhm_px: float) -> Array:
    """(n, 2) Spearman's correlation over the valid pixels, and 1 where the peak stayed, else 0.

    Both maps are smoothed to the resolution first; nan where one of them is constant.
    """
    maps = [to_resolution(one, fwhm_px / FWHM_PER_SIGMA) for one in (before, after)]
    found = np.full((len(before), 2), np.nan)
    for i, seen in enumerate(valid):
        first, second = (one[i][seen] for one in maps)
        if np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
            continue
        moved = abs(int(maps[0][i].argmax()) - int(maps[1][i].argmax()))
        correlation = np.corrcoef(rankdata(first), rankdata(second))[0, 1]
        found[i] = correlation, float(moved <= PEAK_FWHM * fwhm_px)
    return found


def summarise(values: dict[Key, Array]) -> tuple[Likeness, ...]:
    """Means with intervals; a change that left no map to compare is left out."""
    found = []
    for (strip, of, change), both in values.items():
        kept = both[np.isfinite(both).all(axis=1)]
        if len(kept):
            figures = [mean_figure(column) for column in kept.T]
            found.append(Likeness(strip, of, change, len(kept), *figures))
    return tuple(found)
