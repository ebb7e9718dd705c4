"""A new bundle beside the present one, on the same stars that neither learnt from.

Star systems are dropped where either bundle was trained on one of their stars, by name; where too
few remain there is no verdict. Differences are paired over star systems. Knows bundles and labelled
spectra; knows no file of spectra and no window.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle
from spectra_gui.data import LETTERS
from spectra_gui.evaluation.bootstrap import Difference, Figure, intervals, paired_difference
from spectra_gui.evaluation.metrics import NAMED, OF_SUBTYPES
from spectra_gui.evaluation.rows import Array, Labels, Scored, score_rows
from spectra_gui.inference.calibrate import ensemble_mean
from spectra_gui.inference.predict import load_predictor
from spectra_gui.recipes import FEWEST_JUDGES
from spectra_gui.training import LabelledSet
from spectra_gui.training.split import known_systems

Outcome = Literal["better", "open", "worse"]

FEWEST_IN_GROUP: Final = 8
"""Star systems of one kind (such as M dwarfs) that are looked at alone."""

LEVEL_P: Final = 0.05

COMPARED: Final = ("joint", "letter", "luminosity", "subtype_mean", "nll_type")

TITLES: Final = {
    "joint": "Letter and class right",
    "letter": "Letter right",
    "luminosity": "Luminosity class right",
    "subtype_mean": "Mean subtype error",
    "nll_type": "NLL of letter and class",
}

_GIANT: Final = 3
"""Classes below this column (I, II, III) count as giants, IV and V as dwarfs."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of both bundles; ``difference`` is new minus present."""

    name: str
    title: str
    is_share: bool
    higher_is_better: bool
    new: Figure
    present: Figure
    difference: Difference
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Group:
    """The stars of one kind: how many systems, both bundles' share of right types, what follows."""

    name: str
    n_systems: int
    new: float
    present: float
    p: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Judgement:
    """Two bundles on the same stars.

    ``new`` and ``present`` are names, with their SHA-256 beside; ``dropped`` counts the held-out
    spectra that the present bundle (or, after a change of data, the new one) learnt from.
    ``outcome`` is None where too few stars remain for a verdict.
    """

    new: str
    new_sha256: str
    present: str
    present_sha256: str
    n_spectra: int
    n_systems: int
    dropped: int
    fewest: int
    figures: tuple[Compared, ...]
    groups: tuple[Group, ...]
    outcome: Outcome | None
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as JSON has them."""
        return asdict(self)


def judge(
    new: Bundle,
    present: Bundle,
    data: LabelledSet,
    rows: NDArray[np.intp],
    *,
    present_data: LabelledSet | None = None,
) -> Judgement:
    """Score both bundles on the held-out ``rows`` of ``data`` and say which is better.

    Parameters
    ----------
    data : prepared as the new bundle wants it
    rows : row numbers that the new bundle did not learn from
    present_data : the same spectra as the present bundle wants them; None where both want the same
    """
    if present_data is None and present.preparation != new.preparation:
        raise ValueError("bundles of different preparation need their own prepared data each")
    held = rows[data.scored[rows]]
    known = known_systems(data, stars_of(new) | stars_of(present))
    unseen = held[[str(system) not in known for system in data.system[held]]]
    other = present_data or data
    where = {str(name): i for i, name in enumerate(other.ids)}
    common = unseen[[str(name) in where for name in data.ids[unseen]]]
    empty = Judgement(
        new=new.name, new_sha256=new.sha256, present=present.name,
        present_sha256=present.sha256, n_spectra=len(common),
        n_systems=len(np.unique(data.system[common])), dropped=len(held) - len(unseen),
        fewest=FEWEST_JUDGES, figures=(), groups=(), outcome=None, verdict="",
    )  # fmt: skip
    if empty.n_systems < FEWEST_JUDGES:
        return replace(empty, verdict=_no_verdict(empty))
    labels = Labels(data.code[common], data.luminosity[common], data.system[common])
    theirs = np.array([where[str(name)] for name in data.ids[common]], dtype=np.intp)
    ours = score_rows(ask(new, data, common), labels)
    its = score_rows(ask(present, other, theirs), labels)
    figures, groups = compare_figures(ours, its), compare_groups(ours, its)
    outcome = figures[0].outcome
    found = replace(empty, figures=figures, groups=groups, outcome=outcome)
    return replace(found, verdict=_in_words(found))


def stars_of(bundle: Bundle) -> set[str]:
    """Names of all stars that a bundle learnt from."""
    return {str(star) for star in bundle.training.get("stars", ())}


def ask(bundle: Bundle, data: LabelledSet, rows: NDArray[np.intp]) -> Array:
    """(len(rows), 420) as the bundle's predictor gives them."""
    logits = load_predictor(bundle, "cpu").logits(data.flux[rows], data.valid[rows])
    return ensemble_mean(
        logits,
        [member.temperature for member in bundle.members],
        float(bundle.calibration["ensemble_temperature"]),
        bundle.calibration.get("rule", "mean"),
    )


def compare_figures(ours: Scored, its: Scored) -> tuple[Compared, ...]:
    """The figures of both on the same rows, with what a paired bootstrap over systems says."""
    both = ours.has_subtype.any() and its.has_subtype.any()
    metrics = [NAMED[name] for name in COMPARED if both or name not in OF_SUBTYPES]
    new, present = intervals(ours, metrics=metrics), intervals(its, metrics=metrics)
    found = []
    for metric in metrics:
        difference = paired_difference(ours, its, metric=metric.name)
        higher = bool(metric.higher_is_better)
        found.append(
            Compared(
                metric.name, TITLES[metric.name], metric.kind == "share", higher,
                new[metric.name], present[metric.name], difference,
                _outcome(difference, higher_is_better=higher, level=LEVEL_P),
            )
        )  # fmt: skip
    return tuple(found)


def _outcome(difference: Difference, *, higher_is_better: bool, level: float) -> Outcome:
    if difference.p >= level or difference.value == 0.0:
        return "open"
    return "better" if (difference.value > 0) == higher_is_better else "worse"


def compare_groups(ours: Scored, its: Scored) -> tuple[Group, ...]:
    """Giants and dwarfs of each letter that are many enough; the level is shared among them."""
    chosen = []
    for letter, name in enumerate(LETTERS):
        for kind, inside in (
            ("giants", ours.true_class < _GIANT),
            ("dwarfs", ours.true_class >= _GIANT),
        ):
            rows = np.flatnonzero((ours.true_letter == letter) & inside)
            if len(np.unique(ours.system[rows])) >= FEWEST_IN_GROUP:
                chosen.append((f"{name} {kind}", rows))
    found = []
    for name, rows in chosen:
        mine, theirs = ours.take(rows), its.take(rows)
        difference = paired_difference(mine, theirs)
        share = NAMED["joint"].compute
        ones = np.ones((1, len(rows)))
        found.append(
            Group(
                name, len(np.unique(mine.system)), float(share(mine, ones)[0]),
                float(share(theirs, ones)[0]), difference.p,
                _outcome(difference, higher_is_better=True, level=LEVEL_P / len(chosen)),
            )
        )  # fmt: skip
    return tuple(found)


def _no_verdict(judgement: Judgement) -> str:
    dropped = _dropped_words(judgement.dropped)
    return (
        f"No verdict: {judgement.n_systems} held-out stars remain that neither bundle learnt from, "
        f"and {judgement.fewest} are needed.{dropped}"
    )


def _dropped_words(n: int) -> str:
    if n == 0:
        return ""
    return (
        f" {n} held-out spectra were dropped because one of the bundles learnt from their star "
        "system."
    )


def _in_words(judgement: Judgement) -> str:
    joint = judgement.figures[0]
    heads = {"better": "Better", "open": "Not shown to be better", "worse": "Worse", None: ""}
    low, high = 100 * joint.difference.low, 100 * joint.difference.high
    text = (
        f"{heads[judgement.outcome]}: of {judgement.n_systems} stars that neither bundle learnt "
        f"from, the new one types {100 * joint.new.value:.0f} % right in letter and class, the "
        f"present one {100 * joint.present.value:.0f} % (difference {low:+.0f} to {high:+.0f} "
        "points with 95 % confidence)."
    ).replace("-", "\N{MINUS SIGN}")
    for word in ("better", "worse"):
        names = [group.name for group in judgement.groups if group.outcome == word]
        if names:
            text += f" {word.capitalize()} on {join_words(names)}."
    nll = judgement.figures[-1].outcome
    if nll != "open":
        text += f" Its probabilities are {nll}."
    return text + _dropped_words(judgement.dropped)


def join_words(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
