"""The model card of a run: what a bundle is, what it learnt from, how it scored, what it cannot do.

After Mitchell et al. 2019 (FAT*, arXiv:1810.03993). Every figure comes from the run itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from spectra_gui.bundles import Bundle
from spectra_gui.data import LETTERS
from spectra_gui.recipes import RunConfig
from spectra_gui.training.dataset import LabelledSet, LeftOut, count_reasons

SOURCES = {
    "miles": "MILES v9.1 (Sánchez-Blázquez et al. 2006, MNRAS 371, 703; Falcón-Barroso et al. "
    "2011, A&A 532, A95): single stars; types as the library lists them",
    "cflib": "Indo-US Coudé Feed Library (Valdes et al. 2004, ApJS 152, 251): single stars; types "
    "of the headers",
    "cool_dwarfs": "templates of cool dwarfs and subdwarfs (Kesseli et al. 2017, ApJS 230, 16; "
    "Kesseli et al. 2019, AJ 157, 63; Bochanski et al. 2007, AJ 133, 531): most are means of "
    "several stars; they teach and are never scored",
    "table": "a label table of the person who trained this bundle",
}


def write_card(
    config: RunConfig,
    base: Bundle | None,
    data: LabelledSet,
    left_out: Sequence[LeftOut],
    scores: Mapping[str, Any],
    held_out: str,
    test: Mapping[str, Any],
) -> str:
    """The card as Markdown."""
    parts = [
        f"# {config.title or config.name}",
        "MK types (temperature subtype and luminosity class) of optical stellar spectra by the "
        f"mean of {len(config.members)} calibrated networks.",
        "## Use",
        _use(config),
        "## Learnt from",
        _origin(config, base) + _sources(data, left_out) + _kept_back(test),
        "## Members",
        "\n".join(f"- {m.name}: {m.kind}, seed {m.seed}" for m in config.members),
        "## Scores",
        _scores(scores),
        f"Calibration: one temperature a member and one for their mean, fitted on {held_out}. "
        "`spectra-gui evaluate` on this bundle prints the full account, with intervals.",
        *_second_opinion(scores),
        "## Limits",
        _limits(),
    ]
    return "\n\n".join(parts) + "\n"


def _use(config: RunConfig) -> str:
    p = config.preparation
    if p.procedure == "sezen_2025":
        return (
            f"For comparison alone. Spectra of {p.start_aa:.0f}–{p.end_aa:.0f} Å are prepared as "
            "by Sezen 2025 (hdl 11511/115569): gaps crossed by straight lines, the flux over its "
            "running median, neither velocity nor air and vacuum looked at."
        )
    return (
        f"Spectra of single stars that cover {p.start_aa:.0f}–{p.end_aa:.0f} Å, or a good part of "
        f"it, at a resolution of {p.fwhm_aa:g} Å (FWHM) or better; finer ones are smoothed. The "
        f"continuum is divided out (running mean of σ = {p.continuum_sigma_aa:g} Å), so flux "
        "calibration and reddening matter little. Wavelengths in "
        f"{p.medium}, at rest, are made by the program."
    )


def _origin(config: RunConfig, base: Bundle | None) -> str:
    if base is None:
        return ""
    how = {
        "adapt": "the last layer of each network was trained anew on these spectra, all others "
        "stayed as they were",
        "fine_tune": "all layers were trained on with these spectra",
    }[config.start]
    return (
        f"Started from {base.name} (SHA-256 {base.sha256[:12]}…): {how}. What that bundle learnt "
        "from, its own card says.\n\n"
    )


def _kept_back(test: Mapping[str, Any]) -> str:
    if not test["ids"]:
        return ""
    return (
        f"\n- Kept back to judge by: {len(test['ids'])} spectra of {len(test['stars'])} stars, "
        "which nothing was learnt, chosen or calibrated from."
    )


def _sources(data: LabelledSet, left_out: Sequence[LeftOut]) -> str:
    lines = []
    for library, count in sorted(Counter(data.library.tolist()).items()):
        lines.append(f"- {count} spectra: {SOURCES.get(library, library)}.")
    letters = Counter((data.code // 10).astype(int).tolist())
    told = ", ".join(f"{LETTERS[k]} {n}" for k, n in sorted(letters.items()))
    lines.append(f"- By letter: {told}; {len(np.unique(data.system))} star systems in all.")
    for reason, count in count_reasons(left_out):
        lines.append(f"- Left out: {count}, because the label or spectrum {reason}.")
    return "\n".join(lines)


def _scores(scores: Mapping[str, Any]) -> str:
    return (
        f"On {scores['on']} (n = {scores['n']}): letter and class right {scores['joint']:.3f}, "
        f"letter {scores['letter']:.3f}, class {scores['luminosity']:.3f}; subtype error mean "
        f"{scores['subtype_error_mean']:.2f}, median {scores['subtype_error_median']:.2f}; NLL of "
        f"letter + class {scores['nll']:.3f}."
    )


def _second_opinion(scores: Mapping[str, Any]) -> list[str]:
    """What the nearest training stars are worth, and what the bundle holds of them."""
    told = scores.get("second_opinion")
    if told is None:
        return []
    alarms = " and ".join(
        f"{100 * told[key]:.0f} % of its {what} answers"
        for key, what in (("flagged_of_right", "right"), ("flagged_of_wrong", "wrong"))
        if key in told
    )
    return [
        "## Second opinion",
        "Beside the networks' answer stand the nearest training stars, by name and catalogue type. "
        f"Their own type, on the same held-out stars: letter and class right {told['joint']:.3f}, "
        f"letter {told['letter']:.3f}, class {told['luminosity']:.3f}, subtype error mean "
        f"{told['subtype_error_mean']:.2f}. The ensemble is told to differ from them in {alarms}. "
        "They never change the answer. Of each training spectrum the bundle holds 60 numbers at "
        "most, its share of the leading principal components of all: a summary of the smoothed, "
        "continuum-normalised spectrum, without the library's calibration, resolution and noise.",
    ]


def _limits() -> str:
    return (
        "Two catalogues of the same stars agree in letter and class in 82–83 % of them; no "
        "classifier that learns from one can agree better with the other. Class VI stands for "
        "metal-poor subdwarfs and is scored apart. Composite spectra, peculiar stars, white "
        "dwarfs, carbon stars and whatever is no star have no MK type here: such spectra are "
        "meant to be refused, which catches many and not all. Types of spectra at other "
        "resolutions or with other calibrations than the libraries' are less certain than the "
        "cross-validated scores say; the scores on a library that was left out tell how much."
    )
