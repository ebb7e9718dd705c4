"""What a person chose in the wizard so far, and the run config that it makes.

Knows configs and bundles; knows no Qt and no file of labels.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from spectra_gui.bundles import Bundle, BundleError, find_bundle
from spectra_gui.recipes import START_DEFAULTS, RunConfig, config_from_dict
from spectra_gui.recipes.config import Start

WORTH_A_PROCESS: Final = 500
"""Spectra from which on adapting takes longer than starting a process."""

TEST_SHARE: Final = 0.2
"""Of the stars, kept back to judge the new model where nobody says otherwise."""

STARTS: Final[Mapping[Start, tuple[str, str]]] = {
    "adapt": (
        "Adapt the head",
        "Only the last layer of each network learns. For a few dozen spectra or more of another "
        "instrument; quick, and least likely to spoil what the model knows.",
    ),
    "fine_tune": (
        "Fine-tune",
        "All layers learn on, in small steps. For several hundred spectra; types that your spectra "
        "do not have may get worse.",
    ),
    "scratch": (
        "From scratch",
        "New networks that know your spectra alone. For thousands of spectra over the whole grid.",
    ),
}
"""Start → its name and what it is for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All choices.

    ``n_spectra``: how many teach, 0 before they are counted. ``knobs``: further values by dotted
    key, such as ``augment.noise``.
    """

    base: Bundle | None = None
    n_spectra: int = 0
    name: str = "my-model"
    start: Start = "adapt"
    seed: int = 1
    test: float = TEST_SHARE
    validation: float = 0.15
    epochs: int | None = None
    knobs: Mapping[str, Any] = field(default_factory=dict)

    def config(self) -> RunConfig:
        """The run config, whose label table is still to be named.

        Raises
        ------
        ConfigError
            Where a value is not allowed; the sentence names it.
        """
        values: dict[str, Any] = {
            "name": self.name,
            "title": self.name,
            "seed": self.seed,
            "start": self.start,
            "base": "" if self.base is None else base_name(self.base),
            "workers": self.workers(self.start),
            "threads": 1,
            "data": {
                "label_table": "labels.csv",
                "test": self.test,
                "validation": self.validation,
            },
        }
        if self.base is not None:
            values["preparation"] = self.base.preparation.to_dict()
        if self.start == "scratch" and self.base is not None:
            values["members"] = new_members(self.base, self.seed)
        if self.epochs is not None:
            values["optimiser"] = {"epochs": self.epochs}
        for key, value in self.knobs.items():
            section, _, name = key.rpartition(".")
            (values.setdefault(section, {}) if section else values)[name] = value
        return config_from_dict(values)

    def workers(self, start: Start) -> int:
        """Networks that learn side by side; one where a further process would not pay."""
        if self.base is None or (start == "adapt" and self.n_spectra < WORTH_A_PROCESS):
            return 1
        return max(1, min(os.cpu_count() or 1, len(self.base.members)))


def default_epochs(start: Start) -> int:
    """The epochs of a start where nobody says otherwise."""
    return int(START_DEFAULTS[start].get("epochs", RunConfig().optimiser.epochs))


def base_name(base: Bundle) -> str:
    """The name by which a bundle is found again, else its folder."""
    try:
        found = find_bundle(base.path.name)
    except BundleError:
        return str(base.path.absolute())
    is_it = found.resolve() == base.path.resolve() and not Path(base.path.name).exists()
    return base.path.name if is_it else str(base.path.absolute())


def new_members(base: Bundle, seed: int) -> list[dict[str, Any]]:
    """Networks of the base's architectures, to be trained from nothing."""
    return [
        {
            "name": member.name,
            "kind": member.kind,
            "seed": seed + i,
            "architecture": {k: v for k, v in member.architecture.items() if k != "n_pixels"},
        }
        for i, member in enumerate(base.members)
    ]
