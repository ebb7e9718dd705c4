"""Fit one network on one split: the whole training loop, read from top to bottom.

Balanced draws → augmentation → distance-aware loss → AdamW, on a rate of one cycle or a constant
one → moving average of the weights → validation NLL or F1 chooses the epoch. Knows no bundle and no
ensemble.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spectra_gui.inference.predict import choose_device
from spectra_gui.networks import build_network
from spectra_gui.networks.reference import TypeHead
from spectra_gui.recipes import (
    CheckpointSaved,
    EpochDone,
    MemberConfig,
    RunConfig,
    StepDone,
)
from spectra_gui.training.augment import Augmenter, ContinuumFilter
from spectra_gui.training.checkpoint import UNREADABLE, load_checkpoint, save_checkpoint
from spectra_gui.training.dataset import LabelledSet
from spectra_gui.training.fitted import (
    CancelledError,
    FitError,
    FitPlace,
    Fitted,
    learn_projection,
)
from spectra_gui.training.loss import distance_aware_loss, soft_targets
from spectra_gui.training.parameters import ParameterHead
from spectra_gui.training.predict import (
    PREDICTION_BATCH,
    feature_rows,
    network_input,
    predict_rows,
    score_logits,
)
from spectra_gui.training.prior import log_prior
from spectra_gui.training.schedule import make_schedule
from spectra_gui.training.weights import teaching_weights

STEPS_A_NOTICE = 10
"""Optimiser steps between two `StepDone` events; the last step of an epoch is told always."""

EPOCHS_A_CHECKPOINT = 5

NO_F1 = (-1.0, 0, -1.0)
"""Before the first epoch, and in checkpoints of an older program."""


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
    start : weights to start from; None draws fresh ones from the member's seed

    Raises
    ------
    CancelledError
        If ``place.cancelled()`` turned true; a checkpoint holds all whole epochs.
    FitError
        If the checkpoint cannot be gone on with, or no epoch gave finite numbers.
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
        config = replace(config, optimiser=config.optimiser_of(member))
        self.config, self.place = config, place
        self.device = choose_device(config.device)
        self.data, self.train, self.validation = data, train, validation
        self.validation_features: Tensor | None = None
        self.from_base = start is not None
        torch.manual_seed(member.seed)
        architecture = config.architecture_of(member)
        self.network = build_network(member.kind, architecture).to(self.device)
        if start is not None:
            self.network.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in start.items()})
        else:
            learn_projection(self.network, data.flux[train], data.valid[train])
        self.average = copy.deepcopy(self.network).eval()
        self.generator = torch.Generator().manual_seed(member.seed)
        self._tensors()
        self._learner()
        o = config.optimiser
        self.steps_an_epoch = steps_an_epoch(len(train), config)
        self.optimiser = torch.optim.AdamW(
            self.learning.parameters(),
            lr=o.learning_rate,
            betas=(o.momentum, o.scale_memory),
            weight_decay=o.weight_decay,
        )
        self.parameters: ParameterHead | None = None
        if config.loss.parameter_weight > 0:
            self.parameters = ParameterHead(self.network, data, train, self.device)
            self.optimiser.add_param_group({"params": [*self.parameters.head.parameters()]})
        self.schedule = make_schedule(self.optimiser, o, o.epochs * self.steps_an_epoch)
        self.epoch, self.step = 0, 0
        self.best: dict[str, Tensor] = {}
        self.best_epoch, self.best_nll = 0, float("inf")
        self.best_f1, self.rising_epoch, self.highest_f1 = NO_F1

    def _tensors(self) -> None:
        c, data = self.config, self.data
        self.flux = torch.from_numpy(np.ascontiguousarray(data.flux[self.train]))
        self.valid = torch.from_numpy(data.valid[self.train].astype(np.float32))
        code = torch.from_numpy(data.code[self.train].astype(np.float32))
        self.letter = (code // 10).long()
        self.shares = torch.from_numpy(data.luminosity[self.train].astype(np.float32))
        self.temperature, self.luminosity = soft_targets(code, self.shares, c.loss)
        strata = data.strata()[self.train]
        counts = np.bincount(strata)
        weights = teaching_weights(data, c.data)[self.train]
        self.draw = torch.from_numpy(counts[strata].astype(np.float64) ** -c.data.balance * weights)
        self.augment = Augmenter(
            c.augment,
            wavelength_aa=torch.from_numpy(c.preparation.wavelength_aa).float(),
            continuum=None
            if c.preparation.procedure == "sezen_2025"
            else ContinuumFilter(
                c.preparation.n_pixels, c.preparation.continuum_sigma_aa / c.preparation.step_aa
            ),
            generator=self.generator,
        )

    def _learner(self) -> None:
        """What learns: the whole network, or its head on features that are computed once."""
        self.learning: nn.Module = self.network
        self.averaged: nn.Module = self.average
        if self.config.start != "adapt":
            return
        self.network.eval()
        self.learning, self.averaged = self.network.head, self.average.head
        everything = torch.arange(len(self.train))
        drawn = [self._features(everything) for _ in range(self.config.augment.draws)]
        self.features = torch.stack(drawn)  # (draws, n_train, n_features)

    def _features(self, rows: Tensor) -> Tensor:
        """(len(rows), n_features) of freshly augmented training spectra."""
        parts = []
        with torch.no_grad():
            for part in torch.split(rows, PREDICTION_BATCH):
                self._heed_cancel()
                flux, valid = self.augment(self.flux[part], self.valid[part])
                parts.append(self.network.features(network_input(flux, valid).to(self.device)))
        return torch.cat(parts)

    def _logits(self, rows: Tensor) -> Tensor:
        """(len(rows), 420) of a training batch."""
        if self.config.start == "adapt":
            n_draws = len(self.features)
            draw = torch.randint(n_draws, (len(rows),), generator=self.generator)
            out: Tensor = self.learning(self.features[draw, rows])
            return out
        flux, valid = self.augment(self.flux[rows], self.valid[rows])
        with self._precision():
            logits: Tensor = self.network(network_input(flux, valid).to(self.device))
        return logits.float()

    def run(self) -> Fitted:
        self._resume()
        o = self.config.optimiser
        if self.from_base and self.epoch == 0:
            self._validate(float("nan"), 0.0)
        whole_epochs = self._state()
        while self.epoch < o.epochs and not self._is_stale():
            began = time.monotonic()
            try:
                loss = self._one_epoch()
            except CancelledError:
                self._save(whole_epochs)
                raise
            self.epoch += 1
            self._validate(loss, time.monotonic() - began)
            whole_epochs = self._state()
            if self.epoch % EPOCHS_A_CHECKPOINT == 0:
                self._save(whole_epochs)
        tensors = {k: v.cpu().numpy().copy() for k, v in self.best.items()}
        if not tensors or not all(np.isfinite(t).all() for t in tensors.values()):
            raise FitError("its weights grew without bound; lower optimiser.learning_rate")
        if self.best_epoch > 0:
            tensors[self._head_bias()] += self._taken_back()
        return Fitted(tensors, self.best_epoch, self.best_nll, self.epoch, self.rising_epoch)

    def _is_stale(self) -> bool:
        best = max(self.best_epoch, self._settled())
        return self.epoch - best >= self.config.optimiser.patience

    def _settled(self) -> int:
        o = self.config.optimiser
        return max(1, min(o.epochs, math.ceil(o.settled * o.epochs)))

    def _head_bias(self) -> str:
        names = {id(p): name for name, p in self.network.named_parameters()}
        return names[id(self.network.head.bias)]

    def _taken_back(self) -> NDArray[np.float32]:
        """What the head's bias gains of the prior that drawing rare types more often took.

        (420,), or (42,) where the head knows no subtypes, whose prior is alike within a letter.
        Cells that the base knows and these stars have not say nothing about how frequent they are:
        they gain what an average star does.
        """
        c = self.config.data
        log_share = log_prior(self.data, self.train, absent_as_average=self.from_base)
        gain: NDArray[np.float32] = (c.prior_share * c.balance * log_share).astype(np.float32)
        return TypeHead.of_cells(gain) if isinstance(self.network.head, TypeHead) else gain

    def _one_epoch(self) -> float:
        o = self.config.optimiser
        size = min(o.batch_size, len(self.train))
        drawn = torch.multinomial(
            self.draw, self.steps_an_epoch * size, replacement=True, generator=self.generator
        )
        self.learning.train()
        total = 0.0
        for rows in drawn.view(self.steps_an_epoch, size):
            self._heed_cancel()
            loss = self._loss(rows)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.learning.parameters(), o.clip_norm)
            self.optimiser.step()
            self.schedule.step()
            self._update_average()
            total += loss.item()
            if self.step % STEPS_A_NOTICE == 0 or self.step % self.steps_an_epoch == 0:
                self._tell_step(loss.item())
        return total / self.steps_an_epoch

    def _loss(self, rows: Tensor) -> Tensor:
        """That of a training batch; in the first epochs the class is asked for as if unknown."""
        c = self.config
        asked = float(self.epoch >= c.optimiser.temperature_first * c.optimiser.epochs)
        loss = distance_aware_loss(
            self._logits(rows),
            self.temperature[rows].to(self.device),
            (self.luminosity[rows] * asked).to(self.device),
            c.loss,
            letter=self.letter[rows].to(self.device),
            shares=(self.shares[rows] * asked).to(self.device),
        )
        if self.parameters is not None:
            loss = loss + c.loss.parameter_weight * self.parameters.loss(rows)
        return loss

    def _heed_cancel(self) -> None:
        if self.place.cancelled():
            raise CancelledError

    def _precision(self) -> torch.autocast:
        half = self.config.optimiser.precision == "bfloat16"
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=half)

    def _update_average(self) -> None:
        """The decay grows with the steps, so that the first weights are soon forgotten."""
        self.step += 1
        decay = min(self.config.optimiser.ema_decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            pairs = zip(
                self.averaged.state_dict().values(),
                self.learning.state_dict().values(),
                strict=True,
            )
            for kept, new in pairs:
                if kept.dtype.is_floating_point:
                    kept.lerp_(new, 1.0 - decay)
                else:
                    kept.copy_(new)

    def _validate(self, loss: float, seconds: float) -> None:
        scores = score_logits(self._validation_logits(), self.data, self.validation)
        if scores.macro_f1 > self.highest_f1:
            self.highest_f1, self.rising_epoch = scores.macro_f1, self.epoch
        can_be_kept = self.epoch == 0 or self.epoch >= self._settled()
        by_f1 = self.config.optimiser.best_by == "macro_f1"
        # NaN is never better
        higher = scores.macro_f1 > self.best_f1 if by_f1 else scores.nll < self.best_nll
        better = can_be_kept and higher
        if better:
            self.best_nll, self.best_f1 = scores.nll, scores.macro_f1
            self.best_epoch = self.epoch
            self.best = {k: v.detach().clone() for k, v in self.average.state_dict().items()}
        self.place.listener(
            EpochDone(
                self.place.task,
                self.epoch,
                self.config.optimiser.epochs,
                loss,
                scores.nll,
                scores.letter,
                scores.luminosity,
                scores.joint,
                float(self.schedule.get_last_lr()[0]),
                seconds,
                better,
            )
        )

    def _validation_logits(self) -> NDArray[np.float32]:
        if self.config.start != "adapt":
            return predict_rows(self.average, self.data, self.validation)
        if self.validation_features is None:
            features = feature_rows(self.average, self.data, self.validation)
            self.validation_features = torch.from_numpy(features).to(self.device)
        with torch.inference_mode():
            logits: NDArray[np.float32] = self.average.head(self.validation_features).cpu().numpy()
        return logits

    def _tell_step(self, loss: float) -> None:
        steps = self.config.optimiser.epochs * self.steps_an_epoch
        rate = float(self.schedule.get_last_lr()[0])
        self.place.listener(StepDone(self.place.task, self.step, steps, loss, rate))

    def _state(self) -> dict[str, Any]:
        """A copy of all that changes, as a checkpoint keeps it."""
        return copy.deepcopy(
            {
                "network": self.network.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "schedule": self.schedule.state_dict(),
                "parameters": {} if self.parameters is None else self.parameters.head.state_dict(),
                "generator": self.generator.get_state(),
                "torch": torch.get_rng_state(),
                "best": self.best,
                "numbers": [self.epoch, self.step, self.best_epoch, self.best_nll],
                "f1": [self.best_f1, self.rising_epoch, self.highest_f1],
            }
        )

    def _save(self, state: dict[str, Any]) -> None:
        save_checkpoint(state, self.place.checkpoint)
        epoch = int(state["numbers"][0])
        self.place.listener(CheckpointSaved(self.place.task, epoch, str(self.place.checkpoint)))

    def _resume(self) -> None:
        try:
            state = load_checkpoint(self.place.checkpoint)
            if state is None:
                return
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
            self.optimiser.load_state_dict(state["optimiser"])
            if self.parameters is not None:
                self.parameters.head.load_state_dict(state["parameters"])
            self.schedule.load_state_dict(state["schedule"])
            self.generator.set_state(state["generator"])
            torch.set_rng_state(state["torch"])
            self.best = state["best"]
            self.epoch, self.step, self.best_epoch, self.best_nll = state["numbers"]
            self.best_f1, self.rising_epoch, self.highest_f1 = state.get("f1", NO_F1)
        except UNREADABLE as error:
            raise FitError(
                f"its checkpoint {self.place.checkpoint} cannot be gone on with; remove it to "
                "begin this fit anew"
            ) from error


def steps_an_epoch(n_train: int, config: RunConfig) -> int:
    """Optimiser steps of an epoch over ``n_train`` spectra."""
    return max(1, n_train // config.optimiser.batch_size)
