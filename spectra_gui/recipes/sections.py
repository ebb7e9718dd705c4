"""The sections of a run config, one dataclass each.

The docstring of a section says what each of its values does: the wizard shows these sentences.
Knows no file and no check; `recipes.config` reads, checks and writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal


@dataclass(frozen=True)
class DataConfig:
    """What is learnt from.

    ``libraries``: names of labelled libraries. ``label_table``: a table of the columns file, index
    and type (and, if there, star), relative to the config. ``min_coverage``: spectra that cover
    less of the grid are left out. ``validation``: share of the star systems that choose the epoch.
    ``test``: share of the star systems that nothing is learnt, chosen or calibrated from, to judge
    the new bundle by. ``balance``: the sampling weight of a letter + class cell is its count to the
    power of minus this. ``prior_share``: how much of that balancing is taken back in the answer (0
    = the rare types stay as likely as they were drawn, 1 = as likely as they are in the data);
    linear members, which see each star once, carry the same share of it. ``composite_weight``: how
    much the mean of several stars teaches, against one star (0 = nothing). ``unclassed_weight``:
    how much a spectrum teaches whose label has no luminosity class. ``disputed_weight``: how much a
    spectrum teaches whose two catalogues name different letters or no common class.
    """

    libraries: tuple[str, ...] = ()
    label_table: str = ""
    min_coverage: float = 0.5
    validation: float = 0.1
    test: float = 0.0
    balance: float = 0.5
    prior_share: float = 0.5
    composite_weight: float = 1.0
    unclassed_weight: float = 1.0
    disputed_weight: float = 1.0


@dataclass(frozen=True)
class AugmentConfig:
    """How strong each augmentation is; 0 switches one off.

    ``noise``: largest standard deviation added, in continuum units. ``shift_px``: standard
    deviation of the shift. ``blur_px``: largest standard deviation of the extra line-spread
    function. ``slope``: standard deviation of ln(flux) from end to end, of slope and of curvature.
    ``ripple``: standard deviation of a sine of 60–600 px period. ``reddening``: largest E(B−V) of
    either sign. ``gap_probability``: share of spectra that lose a range; ``gap_fraction``: the
    largest part of the grid lost. ``draws``: augmented copies of each spectrum that ``adapt`` keeps
    the features of (other starts augment anew each time). ``least_noise``: smallest standard
    deviation added. ``noise_power``: power of the uniform draw between least and largest (2 = small
    noise is more frequent, 1 = all the same).
    """

    noise: float = 0.03
    shift_px: float = 0.5
    blur_px: float = 1.0
    slope: float = 0.2
    ripple: float = 0.01
    reddening: float = 0.3
    gap_probability: float = 0.3
    gap_fraction: float = 0.3
    draws: int = 3
    least_noise: float = 0.0
    noise_power: float = 2.0


@dataclass(frozen=True)
class LossConfig:
    """The distance-aware loss and its soft target.

    ``distance_weight`` α: share of the squared distance on the grid (0 = cross-entropy only).
    ``distance``: how far an answer lies from its label: ``subtypes`` between their mean positions,
    ``letters`` the same with whole letters, ``earth_mover`` between their cumulative shares,
    ``ordinal`` by the cross-entropy of every step along an axis.
    ``temperature_scale``, ``luminosity_scale`` β: weights of the axes, with temperature counted in
    letters and luminosity in classes. ``type_weight``: share of the cross-entropy of letter + class
    in that of the grid's cells. ``subtype_sigma``: width of the soft target in subtypes;
    ``class_leak``: share given to the neighbouring luminosity classes. ``parameter_weight``: weight
    of the squared error of Teff, log g and [Fe/H], which a second head learns from the stars of the
    libraries that have them; it is not kept (0 = not taught).
    """

    distance_weight: float = 0.25
    distance: Literal["subtypes", "letters", "earth_mover", "ordinal"] = "subtypes"
    temperature_scale: float = 1.0
    luminosity_scale: float = 1.5
    type_weight: float = 0.5
    subtype_sigma: float = 0.7
    class_leak: float = 0.05
    parameter_weight: float = 0.0


@dataclass(frozen=True)
class OptimiserConfig:
    """AdamW with a learning rate of one cycle, an exponential moving average and an early stop.

    ``epochs``: how often as many spectra are drawn as there are. ``batch_size``: spectra a step.
    ``learning_rate``: the highest of the cycle. ``weight_decay``: how strongly weights are pulled
    to zero. ``warm_up``: share of the steps until the highest rate. ``ema_decay``: memory of the
    moving average over steps. ``clip_norm``: the longest gradient that is followed in full.
    ``patience``: epochs without a better validation NLL after which a run ends. ``settled``: the
    weights of an epoch before this share of the epochs are never kept, since the rate is still high
    and few stars choose by chance. ``precision``: ``bfloat16`` computes the networks' layers in
    half precision where the device is faster so; weights, loss and answers stay in float32.
    ``schedule``: ``constant`` keeps the learning rate from the first step to the last.
    ``momentum``: how much of the gradient's mean a step keeps (one cycle moves it between .85 and
    .95 instead). ``scale_memory``: the same for the mean of its square. ``best_by``: ``macro_f1``
    keeps the epoch with the highest mean F1 over the validation stars' letters + classes, and
    ``patience`` waits for that. ``temperature_first``: share of the epochs, at the beginning, that
    teach the temperature alone, as if no luminosity class were known.
    """

    epochs: int = 40
    batch_size: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    warm_up: float = 0.25
    ema_decay: float = 0.995
    clip_norm: float = 5.0
    patience: int = 15
    settled: float = 0.6
    precision: Literal["float32", "bfloat16"] = "float32"
    schedule: Literal["one_cycle", "constant"] = "one_cycle"
    momentum: float = 0.9
    scale_memory: float = 0.999
    best_by: Literal["nll", "macro_f1"] = "nll"
    temperature_first: float = 0.0


@dataclass(frozen=True)
class MemberConfig:
    """One network of the ensemble; ``architecture`` overrides the defaults of its kind.

    ``optimiser``: values of `OptimiserConfig` that are this member's own, of ``MEMBERS_OWN``.
    """

    name: str = "member-1"
    kind: str = "three_branch"
    seed: int = 1
    architecture: Mapping[str, Any] = field(default_factory=dict)
    optimiser: Mapping[str, Any] = field(default_factory=dict)


MEMBERS_OWN: Final = ("learning_rate", "momentum", "scale_memory")
"""What a member may set of the optimiser: that which changes neither its steps nor its splits."""


@dataclass(frozen=True)
class ScoringConfig:
    """How the recipe is scored and calibrated.

    ``folds``: cross-validation folds by star system; 0 calibrates on the validation stars instead.
    ``left_out``: pairs (trained on, tested on) of libraries, only stars that the first has not.
    ``rule``: how members become one answer: ``mean`` of their calibrated probabilities, or
    ``sum_of_logits``, all alike, with a temperature of the sum alone.
    """

    folds: int = 0
    left_out: tuple[tuple[str, str], ...] = ()
    rule: Literal["mean", "sum_of_logits"] = "mean"
