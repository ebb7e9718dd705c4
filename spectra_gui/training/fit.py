"""Fit one network on one split: the whole training loop, read from top to bottom.

Balanced draws → augmentation → distance-aware loss → AdamW on a one-cycle rate → moving average of
the weights → validation NLL chooses the epoch. Knows no bundle and no ensemble.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spectra_gui.data.answer import answer, cells
from spectra_gui.data.labels import fainter_class, label_grid
from spectra_gui.data.mk import N_LETTERS, N_SUBTYPES
from spectra_gui.inference.calibrate import cross_entropy, fit_temperature, softmax, type_mass
from spectra_gui.networks import Network, build_network
from spectra_gui.recipes import CheckpointSaved, EpochDone, Event, MemberConfig, RunConfig, StepDone
from spectra_gui.training.augment import Augmenter, ContinuumFilter
from spectra_gui.training.checkpoint import load_checkpoint, save_checkpoint
from spectra_gui.training.dataset import LabelledSet
from spectra_gui.training.loss import distance_aware_loss, soft_targets

STEPS_A_NOTICE = 10
"""Optimiser steps between two `StepDone` events."""

EPOCHS_A_CHECKPOINT = 5
PREDICTION_BATCH = 256


class CancelledError(Exception):
    """A person cancelled the run; the last checkpoint stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """The averaged weights of the best epoch, by tensor name, and how that epoch scored."""

    tensors: dict[str, NDArray[Any]]
    best_epoch: int
    validation_nll: float


@dataclass(frozen=True, slots=True)
class FitPlace:
    """Who a fit reports to and where it keeps its checkpoint."""

    task: str
    checkpoint: Path
    listener: Callable[[Event], None]
    cancelled: Callable[[], bool]


def network_input(flux: Tensor, valid: Tensor) -> Tensor:
    """(batch, n) prepared flux and validity → (batch, 2, n) as networks take it."""
    centred = torch.where(valid > 0, flux - 1.0, torch.zeros_like(flux))
    return torch.stack([centred, valid], 1)


def fit(
    data: LabelledSet,
    train: NDArray[np.intp],
    validation: NDArray[np.intp],
    *,
    member: MemberConfig,
    config: RunConfig,
    place: FitPlace,
    start: Mapping[str, NDArray[Any]] | None = None,
) -> Fitted:
    """Train one member; goes on from its checkpoint where there is one.

    Parameters
    ----------
    train, validation : row numbers of ``data``
    start : weights to start from (fine-tuning); None draws fresh ones from the member's seed

    Raises
    ------
    CancelledError
        If ``place.cancelled()`` turned true.
    """
    return _Fit(data, train, validation, member, config, place, start).run()


class _Fit:
    """The state of a fit; `run` is the loop."""

    def __init__(
        self,
        data: LabelledSet,
        train: NDArray[np.intp],
        validation: NDArray[np.intp],
        member: MemberConfig,
        config: RunConfig,
        place: FitPlace,
        start: Mapping[str, NDArray[Any]] | None,
    ) -> None:
        self.config, self.place = config, place
        self.device = torch.device(config.device)
        self.data, self.train, self.validation = data, train, validation
        torch.manual_seed(member.seed)
        architecture = {**member.architecture, "n_pixels": config.preparation.n_pixels}
        self.network = build_network(member.kind, architecture).to(self.device)
        if start is not None:
            self.network.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in start.items()})
        self.average = copy.deepcopy(self.network).eval()
        self.generator = torch.Generator().manual_seed(member.seed)
        self._tensors()
        o = config.optimiser
        self.steps_an_epoch = max(1, len(train) // o.batch_size)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=o.learning_rate, weight_decay=o.weight_decay
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            o.learning_rate,
            total_steps=max(2, o.epochs * self.steps_an_epoch),
            pct_start=o.warm_up,
        )
        self.epoch, self.step = 0, 0
        self.best: dict[str, Tensor] = {}
        self.best_epoch, self.best_nll = 0, float("inf")

    def _tensors(self) -> None:
        c, data = self.config, self.data
        self.flux = torch.from_numpy(np.ascontiguousarray(data.flux[self.train]))
        self.valid = torch.from_numpy(data.valid[self.train].astype(np.float32))
        self.temperature, self.luminosity = soft_targets(
            torch.from_numpy(data.code[self.train].astype(np.float32)),
            torch.from_numpy(data.luminosity[self.train].astype(np.float32)),
            c.loss,
        )
        strata = data.strata()[self.train]
        counts = np.bincount(strata)
        self.draw = torch.from_numpy(counts[strata].astype(np.float64) ** -c.data.balance)
        self.augment = Augmenter(
            c.augment,
            wavelength_aa=torch.from_numpy(c.preparation.wavelength_aa).float(),
            continuum=ContinuumFilter(
                c.preparation.n_pixels, c.preparation.continuum_sigma_aa / c.preparation.step_aa
            ),
            generator=self.generator,
        )

    def run(self) -> Fitted:
        self._resume()
        o = self.config.optimiser
        while self.epoch < o.epochs and self.epoch - self.best_epoch < o.patience:
            began = time.monotonic()
            loss = self._one_epoch()
            self.epoch += 1
            self._validate(loss, time.monotonic() - began)
            if self.epoch % EPOCHS_A_CHECKPOINT == 0:
                self._save()
        tensors = {k: v.cpu().numpy().copy() for k, v in self.best.items()}
        tensors[self._head_bias()] += self._taken_back()
        return Fitted(tensors, self.best_epoch, self.best_nll)

    def _head_bias(self) -> str:
        names = {id(p): name for name, p in self.network.named_parameters()}
        return names[id(self.network.head.bias)]

    def _taken_back(self) -> NDArray[np.float32]:
        """(420,) what the head's bias gains, so that rare types are no likelier than wanted.

        Drawing a cell of share π with weight π^-b teaches a prior of π^(1-b); adding b log π to
        the logits would restore π (Menon et al. 2021, ICLR, arXiv:2007.07314), of which
        ``prior_share`` is taken.
        """
        c = self.config.data
        grid = label_grid(self.data.code[self.train], self.data.luminosity[self.train])
        counts = cells(grid).sum(0) + 0.5
        log_share = np.log(counts / counts.sum())
        per_row = np.repeat(log_share, N_SUBTYPES // N_LETTERS, axis=0)  # (7, 6) → (70, 6)
        gain: NDArray[np.float32] = (c.prior_share * c.balance * per_row.ravel()).astype(np.float32)
        return gain

    def _one_epoch(self) -> float:
        o = self.config.optimiser
        size = min(o.batch_size, len(self.train))
        drawn = torch.multinomial(
            self.draw, self.steps_an_epoch * size, replacement=True, generator=self.generator
        )
        self.network.train()
        total = 0.0
        for rows in drawn.view(self.steps_an_epoch, size):
            if self.place.cancelled():
                raise CancelledError
            flux, valid = self.augment(self.flux[rows], self.valid[rows])
            with self._precision():
                logits = self.network(network_input(flux, valid).to(self.device))
            loss = distance_aware_loss(
                logits.float(),
                self.temperature[rows].to(self.device),
                self.luminosity[rows].to(self.device),
                self.config.loss,
            )
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), o.clip_norm)
            self.optimiser.step()
            self.schedule.step()
            self._update_average()
            total += loss.item()
            if self.step % STEPS_A_NOTICE == 0:
                self._tell_step(loss.item())
        return total / self.steps_an_epoch

    def _precision(self) -> torch.autocast:
        half = self.config.optimiser.precision == "bfloat16"
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=half)

    def _update_average(self) -> None:
        """The decay grows with the steps, so that the first weights are soon forgotten."""
        self.step += 1
        decay = min(self.config.optimiser.ema_decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            pairs = zip(
                self.average.state_dict().values(), self.network.state_dict().values(), strict=True
            )
            for kept, new in pairs:
                if kept.dtype.is_floating_point:
                    kept.lerp_(new, 1.0 - decay)
                else:
                    kept.copy_(new)

    def _validate(self, loss: float, seconds: float) -> None:
        nll, letter, luminosity, joint = score_rows(self.average, self.data, self.validation)
        better = nll < self.best_nll
        if better:
            self.best_nll, self.best_epoch = nll, self.epoch
            self.best = {k: v.detach().clone() for k, v in self.average.state_dict().items()}
        self.place.listener(
            EpochDone(
                self.place.task,
                self.epoch,
                self.config.optimiser.epochs,
                loss,
                nll,
                letter,
                luminosity,
                joint,
                float(self.schedule.get_last_lr()[0]),
                seconds,
                better,
            )
        )

    def _tell_step(self, loss: float) -> None:
        steps = self.config.optimiser.epochs * self.steps_an_epoch
        rate = float(self.schedule.get_last_lr()[0])
        self.place.listener(StepDone(self.place.task, self.step, steps, loss, rate))

    def _save(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "generator": self.generator.get_state(),
            "torch": torch.get_rng_state(),
            "best": self.best,
            "numbers": [self.epoch, self.step, self.best_epoch, self.best_nll],
        }
        save_checkpoint(state, self.place.checkpoint)
        self.place.listener(
            CheckpointSaved(self.place.task, self.epoch, str(self.place.checkpoint))
        )

    def _resume(self) -> None:
        state = load_checkpoint(self.place.checkpoint)
        if state is None:
            return
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.generator.set_state(state["generator"])
        torch.set_rng_state(state["torch"])
        self.best = state["best"]
        self.epoch, self.step, self.best_epoch, self.best_nll = state["numbers"]


def predict_rows(
    network: Network, data: LabelledSet, rows: NDArray[np.intp]
) -> NDArray[np.float32]:
    """(len(rows), 420) logits of prepared spectra, without augmentation."""
    device = next(network.parameters()).device
    was_training = network.training
    network.eval()
    out = np.zeros((len(rows), 420), np.float32)
    with torch.inference_mode():
        for top in range(0, len(rows), PREDICTION_BATCH):
            part = rows[top : top + PREDICTION_BATCH]
            flux = torch.from_numpy(data.flux[part])
            valid = torch.from_numpy(data.valid[part].astype(np.float32))
            logits = network(network_input(flux, valid).to(device))
            out[top : top + len(part)] = logits.cpu().numpy()
    network.train(was_training)
    return out


def score_rows(
    network: Network, data: LabelledSet, rows: NDArray[np.intp]
) -> tuple[float, float, float, float]:
    """NLL of letter + class, and the shares right in letter, class and both; nan without rows.

    The NLL is that after temperature scaling on the same rows: training on makes a network too
    sure long before it makes it worse, and the bundle's calibration takes the former out again.
    """
    if len(rows) == 0:
        return float("nan"), float("nan"), float("nan"), float("nan")
    logits = predict_rows(network, data, rows)
    target = type_mass(label_grid(data.code[rows], data.luminosity[rows]).reshape(len(rows), -1))
    grid = softmax(logits, fit_temperature(logits, target))
    nll = float(cross_entropy(type_mass(grid), target).mean())
    letter, luminosity, _ = answer(grid.reshape(-1, 70, 6))
    right_letter = letter == (data.code[rows] // 10)
    right_class = luminosity == fainter_class(data.luminosity[rows])
    both = right_letter & right_class
    return nll, float(right_letter.mean()), float(right_class.mean()), float(both.mean())
