"""The fits of a recipe's variants: made once, found again, shared by variants that have them too.

A fit (one member of one variant on one split) is kept under what decides it. All variants have the
same spectra in the same folds; one with a preparation of its own gets the base's spectra prepared
so. Knows recipes, data and `training`; knows no score.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spectra_gui.evaluation.contrasts import Answers
from spectra_gui.evaluation.variants import Variant, Variants
from spectra_gui.inference.calibrate import N_CELLS
from spectra_gui.recipes import (
    Event,
    MemberConfig,
    RunConfig,
    ScoringConfig,
    read_config,
    write_config,
)
from spectra_gui.training import LabelledSet, TrainingError
from spectra_gui.training.run import data_digest, run_tasks
from spectra_gui.training.source import DATA, load_source
from spectra_gui.training.tasks import Task, has_result, learning_set, read_result, result_path
from spectra_gui.training.threads import few_threads

CONFIG: Final = "config.toml"
"""What a folder of fits is of."""

SEEDS_APART: Final = 1000
"""What a repetition adds to the seed of every member."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which fits are wanted of every variant: splits by name, and how often with other seeds."""

    splits: tuple[str, ...]
    repeats: int

    def folds(self) -> tuple[str, ...]:
        return tuple(split for split in self.splits if split.startswith("fold-"))

    def left_out(self) -> tuple[str, ...]:
        return tuple(split for split in self.splits if split.startswith("left-"))


@dataclass(frozen=True, slots=True)
class Fit:
    """One member of a variant with one seed: its own recipe, and the folder of its results."""

    config: RunConfig
    folder: Path

    def tasks(self, plan: Plan) -> list[Task]:
        return [Task(0, split) for split in plan.splits]

    def open_folder(self) -> None:
        """Make the folder, or see that what is there is of the same recipe.

        Raises
        ------
        TrainingError
            Where a default has changed since: the folder's name holds only what differs from them.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = self.folder / CONFIG
        if kept.is_file() and _recipe(read_config(kept)) != _recipe(self.config):
            raise TrainingError(
                f"{self.folder} holds fits of another recipe, since defaults have changed. "
                "Give another --work."
            )
        write_config(self.config, kept)

    def waiting(self, plan: Plan) -> list[Task]:
        """The tasks that are not done."""
        return [task for task in self.tasks(plan) if not has_result(self.folder, task, self.config)]


class VariantFits:
    """The data, the fits and the answers of a file's variants, in one work folder."""

    def __init__(self, variants: Variants, plan: Plan, *, work: Path, data_folder: Path) -> None:
        self.variants, self.plan, self.work = variants, plan, work
        self._data_folder = data_folder
        self.stars = self._load(variants.base.config, work / "prepared" / "base")
        self._digest = data_digest(self.stars)

    def _load(self, config: RunConfig, prepared: Path) -> LabelledSet:
        data, _ = load_source(
            config, prepared=prepared, data_folder=self._data_folder,
            table_folder=self.variants.recipe.parent, base=None,
        )  # fmt: skip
        return data

    def _prepared(self, variant: Variant) -> Path:
        """The folder with the base's spectra as the variant prepares them, made where missing."""
        base, spec = self.variants.base.config, variant.config.preparation
        if spec == base.preparation:
            return self.work / "prepared" / "base"
        named = json.dumps([spec.to_dict(), self._digest])
        folder = self.work / "prepared" / hashlib.sha256(named.encode()).hexdigest()[:16]
        if not (folder / DATA).is_file():
            # A range that covers less of some stars leaves none of them out: all have the folds.
            everything = replace(base.data, min_coverage=0.0)
            data = self._load(replace(base, preparation=spec, data=everything), folder / "all")
            place = {str(name): i for i, name in enumerate(data.ids)}
            data.rows(np.array([place[str(name)] for name in self.stars.ids])).save(folder / DATA)
        return folder

    def fits(self, variant: Variant) -> list[list[Fit]]:
        """Fits of the variant's members, one list a repetition."""
        return [
            [self._fit(variant.config, member, again) for member in variant.config.members]
            for again in range(self.plan.repeats)
        ]

    def _fit(self, config: RunConfig, member: MemberConfig, again: int) -> Fit:
        own = replace(member, name="member", seed=member.seed + SEEDS_APART * again)
        alone = replace(
            config, name="fit", title="", members=(own,),
            scoring=ScoringConfig(folds=config.scoring.folds),
        )  # fmt: skip
        named = json.dumps([self._digest, own_values(alone)], sort_keys=True)
        folder = hashlib.sha256(named.encode()).hexdigest()[:16]
        return Fit(alone, self.work / "fits" / folder)

    def n_waiting(self, *variants: Variant) -> int:
        """How many fits are to be done for these variants; one that several have counts once."""
        fits = {
            fit.folder: fit for variant in variants for again in self.fits(variant) for fit in again
        }
        return sum(len(fit.waiting(self.plan)) for fit in fits.values())

    def train(
        self, variant: Variant, listener: Callable[[Event], None], cancelled: Callable[[], bool]
    ) -> None:
        """Do what is left of the variant's fits."""
        for fit in (fit for again in self.fits(variant) for fit in again):
            waiting = fit.waiting(self.plan)
            if not waiting:
                continue
            prepared = self._prepared(variant)
            data = learning_set(LabelledSet.load(prepared / DATA), fit.config)
            fit.open_folder()
            with few_threads(fit.config.threads):
                run_tasks(
                    fit.tasks(self.plan), waiting, data, fit.config, None, fit.folder, prepared,
                    listener, cancelled,
                )  # fmt: skip

    def answers(self, variant: Variant) -> Answers | None:
        """What the variant's networks say of stars that they did not see; None if fits lack."""
        if self.n_waiting(variant):
            return None
        again = self.fits(variant)
        return Answers(
            folds={split: [self._logits(fits, split) for fits in again]
                   for split in self.plan.folds()},
            left_out={split: [self._logits(fits, split) for fits in again]
                      for split in self.plan.left_out()},
        )  # fmt: skip

    def _logits(self, fits: list[Fit], split: str) -> tuple[NDArray[np.intp], NDArray[np.floating]]:
        """Rows (n,) of `stars` and logits (m, n, 420) of the members."""
        task = Task(0, split)
        results = [read_result(result_path(fit.folder, task, fit.config)) for fit in fits]
        place = {str(name): i for i, name in enumerate(self.stars.ids)}
        rows = np.array([place[str(name)] for name in results[0].ids], dtype=np.intp)
        return rows, np.stack([r.logits for r in results]).reshape(len(fits), -1, N_CELLS)


def _recipe(config: RunConfig) -> RunConfig:
    """A config without what does not change its results."""
    return replace(config, workers=1, threads=1, device="cpu")


def own_values(config: RunConfig) -> dict[str, Any]:
    """What a recipe says beyond the defaults, so that a new knob leaves the fits of old ones."""
    own = _beyond(_recipe(config).to_dict(), RunConfig().to_dict())
    plain = RunConfig(members=(MemberConfig(),)).to_dict()["members"][0]
    members = _recipe(config).to_dict()["members"]
    return {**own, "members": [_beyond(member, plain) for member in members]}


def _beyond(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for key, value in values.items():
        default = defaults.get(key)
        if isinstance(value, Mapping) and isinstance(default, Mapping):
            value = _beyond(value, default)
            if not value:
                continue
        if value != default:
            found[key] = value
    return found
