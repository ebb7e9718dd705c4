"""The rows of the accuracy table as data, so that every renderer shows the same figures.

Knows no bundle, no library and no format of a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from spectra_gui.evaluation.bootstrap import Difference, Figure, intervals
from spectra_gui.evaluation.detail import Detail
from spectra_gui.evaluation.ece import ReliabilityBin, perfect_band, reliability
from spectra_gui.evaluation.metrics import METRICS, OF_ANSWERS, OF_SUBTYPES, confusion_counts
from spectra_gui.evaluation.rows import Scored

if TYPE_CHECKING:
    from spectra_gui.evaluation.explanations import Explanations
    from spectra_gui.evaluation.pair import Pair
    from spectra_gui.evaluation.robustness import Robustness


@dataclass(frozen=True, slots=True)
class Row:
    """One classifier on one set of spectra.

    Attributes
    ----------
    section : where it stands
    classifier : whose answers
    stars : on which stars
    n_spectra, n_systems : how many are scored; intervals come from the systems
    figures : by the names of `metrics.METRICS`
    ece_band : ECE of a perfectly calibrated model of the same size: 2.5 %, median, 97.5 %
    reliability : bins of the reliability diagram
    confusion : label against answer, ``letter`` (7 lists) and ``luminosity`` (6 lists)
    """

    section: str
    classifier: str
    stars: str
    n_spectra: int
    n_systems: int
    figures: dict[str, Figure]
    ece_band: tuple[float, float, float] | None
    reliability: tuple[ReliabilityBin, ...]
    confusion: dict[str, list[list[int]]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One classifier minus another on the same spectra; ``metric`` names the figure."""

    section: str
    stars: str
    first: str
    second: str
    metric: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Apart:
    """Stars of one kind that no headline counts; ``shares`` are names and values 0–1."""

    kind: str
    n_spectra: int
    n_systems: int
    shares: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        shares = ", ".join(f"{name} {value:.3f}" for name, value in self.shares)
        return f"{self.kind}: n {self.n_spectra} of {self.n_systems} star systems, {shares}"


@dataclass(frozen=True, slots=True)
class Report:
    """All rows of a bundle with where they come from.

    ``command`` remakes the report; ``data`` names the scored spectra; ``apart`` are stars that none
    of its rows but their own counts; ``detail`` is what lies behind the first row; ``robustness``
    what worse spectra cost; ``pair`` puts another bundle beside; ``explanations`` say how far these
    can be believed; ``notes`` say what is not in the report and why. Nothing depends on the day it
    is made.
    """

    bundle: str
    bundle_sha256: str
    outputs_sha256: str
    command: str
    data: str
    rows: tuple[Row, ...]
    comparisons: tuple[Comparison, ...] = ()
    apart: tuple[Apart, ...] = ()
    notes: tuple[str, ...] = field(default=())
    detail: Detail | None = None
    robustness: Robustness | None = None
    pair: Pair | None = None
    explanations: Explanations | None = None

    def sections(self) -> tuple[str, ...]:
        """The sections in their order."""
        return tuple(dict.fromkeys(row.section for row in self.rows))

    def of(self, section: str) -> Iterable[Row]:
        """The rows of a section."""
        return (row for row in self.rows if row.section == section)


def make_row(section: str, classifier: str, stars: str, scored: Scored) -> Row:
    """Compute a row; answers without probabilities get no figures about probabilities.

    Nor do answers without a subtype get any about subtypes.
    """
    probabilistic = bool(np.isfinite(scored.confidence).all())
    metrics = METRICS if probabilistic else OF_ANSWERS
    if not scored.has_subtype.any():
        metrics = tuple(metric for metric in metrics if metric.name not in OF_SUBTYPES)
    return Row(
        section=section,
        classifier=classifier,
        stars=stars,
        n_spectra=len(scored),
        n_systems=len(np.unique(scored.system)),
        figures=intervals(scored, metrics=metrics),
        ece_band=perfect_band(scored.confidence) if probabilistic else None,
        reliability=tuple(reliability(scored)) if probabilistic else (),
        confusion={name: counts.tolist() for name, counts in confusion_counts(scored).items()},
    )
