"""Whether labelled spectra can teach, before anything is trained: counts, parts, time.

Prepares the data as a run does and keeps them for it. Knows no bundle to be.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle
from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY
from spectra_gui.recipes import Checked, Event, RunConfig
from spectra_gui.training.base import load_base, with_base
from spectra_gui.training.costs import measure_costs
from spectra_gui.training.dataset import LabelledSet, count_reasons
from spectra_gui.training.fitted import CancelledError
from spectra_gui.training.run import check_device, check_folds, load_data
from spectra_gui.training.split import known_systems, shared_systems, split_test, split_validation
from spectra_gui.training.tasks import learning_set, plan


def check(
    config: RunConfig,
    *,
    prepared: Path,
    data_folder: Path,
    base_folder: Path,
    listener: Callable[[Event], None],
    cancelled: Callable[[], bool] = lambda: False,
) -> Checked | None:
    """Prepare the data of a config and say what a run would make of them; None if cancelled.

    Raises
    ------
    DataError, BundleError, ConfigError
        With sentences for a person.
    """
    check_device(config)
    base = load_base(config)
    config = with_base(config, base)
    try:
        data, left_out = load_data(
            config, base, data_folder, base_folder, prepared, listener, cancelled
        )
    except CancelledError:
        return None
    learnt = learning_set(data, config)
    check_folds(learnt, config)
    test = split_test(data, config.data.test, config.seed)
    train, validation = split_validation(data, ~test, config.data.validation, config.seed)
    parts = {"train": train, "validation": validation, "test": np.flatnonzero(test)}
    checked = Checked(
        counts=count_types(data),
        parts=tuple((k, len(v), len(np.unique(data.system[v]))) for k, v in parts.items()),
        shared=shared_systems(data, *parts.values()),
        known_to_base=_known_to(base, data, test),
        left_out=count_reasons(left_out),
        costs=measure_costs(config, learnt),
        start=config.start,
        epochs=config.optimiser.epochs,
        fits=len(plan(config)),
    )
    listener(checked)
    return checked


def count_types(data: LabelledSet) -> tuple[tuple[int, ...], ...]:
    """(7, 7) spectra by letter and by class I…VI or none."""
    cell = data.strata()
    width = N_LUMINOSITY + 1
    counts = np.bincount(cell, minlength=N_LETTERS * width).reshape(N_LETTERS, width)
    return tuple(tuple(int(n) for n in row) for row in counts)


def _known_to(base: Bundle | None, data: LabelledSet, test: NDArray[np.bool_]) -> int:
    """Star systems of the test stars that the base learnt from, by name."""
    if base is None:
        return 0
    known = known_systems(data, map(str, base.training.get("stars", ())))
    return len(known & set(data.system[test].tolist()))
