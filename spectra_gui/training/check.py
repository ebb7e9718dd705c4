"""Whether labelled spectra can teach, before anything is trained: counts, parts, time.

Prepares the data as a run does and keeps them for it. Knows no bundle to be.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle
from spectra_gui.data.mk import N_LETTERS, N_LUMINOSITY
from spectra_gui.inference.predict import choose_device
from spectra_gui.networks import Network, build_network
from spectra_gui.recipes import Checked, Event, RunConfig
from spectra_gui.training.augment import Augmenter, ContinuumFilter
from spectra_gui.training.base import load_base, with_base
from spectra_gui.training.dataset import LabelledSet, count_reasons
from spectra_gui.training.fit import steps_an_epoch
from spectra_gui.training.fitted import CancelledError
from spectra_gui.training.predict import network_input
from spectra_gui.training.run import check_device, load_data
from spectra_gui.training.split import known_systems, shared_systems, split_test, split_validation

START_UP_S: Final = 5.0
"""Importing torch, loading the data, writing the bundle."""

HEAD_STEP_S: Final = 0.002
"""A step of the last layer alone, and its share of the epoch's validation."""

TIMED_BATCH: Final = 16


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
    test = split_test(data, config.data.test, config.seed)
    train, validation = split_validation(data, ~test, config.data.validation, config.seed)
    parts = {"train": train, "validation": validation, "test": np.flatnonzero(test)}
    checked = Checked(
        counts=count_types(data),
        parts=tuple((k, len(v), len(np.unique(data.system[v]))) for k, v in parts.items()),
        shared=shared_systems(data, *parts.values()),
        known_to_base=_known_to(base, data, test),
        left_out=count_reasons(left_out),
        costs=measure_costs(config, data, train, len(validation)),
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


def measure_costs(
    config: RunConfig, data: LabelledSet, train: NDArray[np.intp], n_validation: int
) -> tuple[tuple[str, float, float], ...]:
    """Start, fixed seconds and seconds an epoch, from one timed batch of each kind of member.

    Timed on the config's device. There the batch is too small to fill a graphics processor, whose
    times come out too long rather than too short.
    """
    torch.set_num_threads(config.threads)
    device = choose_device(config.device)
    forward, both = 0.0, 0.0
    timed: dict[str, tuple[float, float]] = {}
    for member in config.members:
        key = f"{member.kind} {member.architecture}"
        if key not in timed:
            network = build_network(member.kind, config.architecture_of(member)).to(device)
            timed[key] = _time_batch(network, device, config, data, train)
        forward += timed[key][0]
        both += timed[key][1]
    side_by_side = max(1, min(config.workers, len(config.members)))
    steps = steps_an_epoch(len(train), config)
    seen = steps * min(config.optimiser.batch_size, len(train))
    whole = (seen * both + n_validation * forward) / side_by_side
    kept = (len(train) * config.augment.draws + n_validation) * forward
    head = len(config.members) * (steps + 10) * HEAD_STEP_S
    return (
        ("adapt", START_UP_S + kept / side_by_side, head / side_by_side),
        ("fine_tune", START_UP_S, whole),
        ("scratch", START_UP_S, whole),
    )


def _time_batch(
    network: Network,
    device: torch.device,
    config: RunConfig,
    data: LabelledSet,
    train: NDArray[np.intp],
) -> tuple[float, float]:
    """Seconds a spectrum: augmented and through the network, and there and back."""
    p = config.preparation
    augment = Augmenter(
        config.augment,
        wavelength_aa=torch.from_numpy(p.wavelength_aa).float(),
        continuum=ContinuumFilter(p.n_pixels, p.continuum_sigma_aa / p.step_aa),
        generator=torch.Generator().manual_seed(0),
    )
    rows = train[np.arange(TIMED_BATCH) % len(train)]
    flux, valid = (torch.from_numpy(v[rows].astype(np.float32)) for v in (data.flux, data.valid))
    seconds = []
    for _ in range(2):  # the first pass pays for memory
        began = time.perf_counter()
        x = network_input(*augment(flux, valid)).to(device)
        loss = network(x).logsumexp(1).mean()
        loss.item()  # a graphics processor works on by itself: reading a number waits for its end
        through = time.perf_counter()
        loss.backward()
        loss.item()
        seconds = [through - began, time.perf_counter() - began]
    return seconds[0] / TIMED_BATCH, seconds[1] / TIMED_BATCH
