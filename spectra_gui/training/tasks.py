"""The fits that a run is made of, and one fit from its files to its result file.

A task is one member on one split. Tasks share nothing but the prepared data on disk, so they run in
any order, side by side, and again after a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle, load_weights
from spectra_gui.networks import build_network
from spectra_gui.recipes import Event, MemberConfig, RunConfig
from spectra_gui.recipes.folds import folds
from spectra_gui.training.base import base_member
from spectra_gui.training.dataset import LabelledSet
from spectra_gui.training.fit import fit, steps_an_epoch
from spectra_gui.training.fitted import FitPlace, Fitted
from spectra_gui.training.predict import predict_rows
from spectra_gui.training.solved import SOLVED_KINDS, fit_solved
from spectra_gui.training.split import split_test, split_validation
from spectra_gui.training.threads import few_threads
from spectra_gui.training.weights import teaching_weights

WHOLE: Final = "all"
"""The split whose members go into the bundle."""

_ANSWERS: Final = ("ids", "logits", "apart_ids", "apart_logits")
"""What a result file holds beside the weights, named as in `Result`."""


@dataclass(frozen=True, slots=True)
class Task:
    """One member on one split: ``all``, ``fold-k`` or ``left-<trained on>-<tested on>``."""

    member: int
    split: str

    def name(self, config: RunConfig) -> str:
        return f"{config.members[self.member].name}.{self.split}"


def plan(config: RunConfig) -> list[Task]:
    """All tasks of a run; those of the bundle's own members come last, when scores are known."""
    splits = [f"fold-{k}" for k in range(config.scoring.folds)]
    splits += [f"left-{a}-{b}" for a, b in config.scoring.left_out]
    return [Task(m, s) for s in (*splits, WHOLE) for m in range(len(config.members))]


def learning_set(data: LabelledSet, config: RunConfig) -> LabelledSet:
    """All but the test stars, which no task, no calibration and no statistic may see."""
    if config.data.test == 0.0:
        return data
    return data.rows(~split_test(data, config.data.test, config.seed))


def rows_of(
    split: str, data: LabelledSet, config: RunConfig
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows that may teach and rows that are tested, as masks; no star system is on both sides."""
    if split == WHOLE:
        return np.ones(len(data), bool), np.zeros(len(data), bool)
    if split.startswith("fold-"):
        held_back = _fold_rows(split, data, config)
        return ~held_back, held_back & data.scored
    trained_on, tested_on = split.removeprefix("left-").split("-", 1)
    known = np.isin(data.system, data.system[data.library == trained_on])
    test = (data.library == tested_on) & ~known & data.scored
    teach = (data.library != tested_on) & ~np.isin(data.system, data.system[test])
    return teach, test


def _fold_rows(split: str, data: LabelledSet, config: RunConfig) -> NDArray[np.bool_]:
    """Everything that the networks of a fold must not see, scored or not."""
    number = folds(data.system, strata=data.strata(), n=config.scoring.folds, seed=config.seed)
    held_back: NDArray[np.bool_] = number == int(split.removeprefix("fold-"))
    return held_back


def apart_of(split: str, data: LabelledSet, config: RunConfig) -> NDArray[np.intp]:
    """Row numbers of a fold that are answered too, but count in no score and no calibration."""
    if not split.startswith("fold-"):
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(_fold_rows(split, data, config) & data.apart())


def split_of(
    split: str, data: LabelledSet, config: RunConfig
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Row numbers that teach and that choose the epoch, and the mask of those tested.

    All members share the validation stars of a split, so that they can be calibrated there.
    """
    teach, test = rows_of(split, data, config)
    train, validation = split_validation(data, teach, config.data.validation, config.seed)
    train = train[teaching_weights(data, config.data)[train] > 0]
    return train, validation, test


def count_steps(tasks: list[Task], data: LabelledSet, config: RunConfig) -> int:
    """Optimiser steps of these tasks, if none stops early."""
    steps = {
        split: steps_an_epoch(len(split_of(split, data, config)[0]), config)
        for split in {task.split for task in tasks}
    }
    walked = [t for t in tasks if config.start != "scratch" or not is_solved(t, config)]
    return config.optimiser.epochs * sum(steps[task.split] for task in walked)


def is_solved(task: Task, config: RunConfig) -> bool:
    """Whether the task's member is solved for at once instead of walked to in steps."""
    return config.members[task.member].kind in SOLVED_KINDS


def run_task(
    task: Task,
    data: LabelledSet,
    config: RunConfig,
    folder: Path,
    *,
    base: Bundle | None,
    listener: Callable[[Event], None],
    cancelled: Callable[[], bool],
) -> None:
    """Fit the task's member, predict what it must not have seen, and write the result file.

    Parameters
    ----------
    data : the `learning_set`
    """
    with few_threads(config.threads):
        member = config.members[task.member]
        train, validation, test = split_of(task.split, data, config)
        place = FitPlace(
            task.name(config), checkpoint_path(folder, task, config), listener, cancelled
        )
        if is_solved(task, config) and base is None:
            result = fit_solved(data, train, validation, member=member, config=config, place=place)
        else:
            result = fit(
                data, train, validation,
                member=member, config=config, place=place, start=_start_weights(base, member),
            )  # fmt: skip
        rows = np.flatnonzero(test) if task.split != WHOLE else validation
        network = _network(member, config, result)
        answers = {"": rows, "apart_": apart_of(task.split, data, config)}
        arrays: dict[str, Any] = {}
        for prefix, which in answers.items():
            # One part after the other: the size of a batch reaches the last digits of its answers.
            arrays[f"{prefix}ids"] = data.ids[which]
            arrays[f"{prefix}logits"] = predict_rows(network, data, which).astype(np.float16)
        _write_result(result_path(folder, task, config), result, arrays)
        place.checkpoint.unlink(missing_ok=True)


def _start_weights(base: Bundle | None, member: MemberConfig) -> dict[str, NDArray[Any]] | None:
    return None if base is None else load_weights(base, base_member(base, member.name))


def _network(member: MemberConfig, config: RunConfig, result: Fitted) -> Any:
    network = build_network(member.kind, config.architecture_of(member))
    network.load_state_dict({k: torch.from_numpy(v) for k, v in result.tensors.items()})
    return network.eval()


def checkpoint_path(folder: Path, task: Task, config: RunConfig) -> Path:
    return folder / f"{task.name(config)}.ckpt"


def result_path(folder: Path, task: Task, config: RunConfig) -> Path:
    return folder / f"{task.name(config)}.npz"


def _write_result(path: Path, result: Fitted, answers: dict[str, Any]) -> None:
    arrays: dict[str, Any] = {f"tensor:{k}": v for k, v in result.tensors.items()}
    draft = path.with_name(f".{path.name}")
    with draft.open("wb") as file:
        np.savez(
            file,
            best=np.array(
                [result.best_epoch, result.validation_nll, result.epochs, result.rising_epoch]
            ),
            **arrays,
            **answers,
        )
    draft.replace(path)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A finished task: weights by tensor name, logits (n, 420) float16 of ``ids``.

    ``apart_ids`` and ``apart_logits`` are those of a fold's rows that no score counts. ``epochs``
    and ``rising_epoch`` as `Fitted` has them, 0 in a file of an older program.
    """

    tensors: dict[str, NDArray[Any]]
    ids: NDArray[np.str_]
    logits: NDArray[np.float16]
    apart_ids: NDArray[np.str_]
    apart_logits: NDArray[np.float16]
    best_epoch: int
    validation_nll: float
    epochs: int
    rising_epoch: int


def read_result(path: Path) -> Result:
    """The result that `run_task` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        tensors = {k.removeprefix("tensor:"): arrays[k] for k in arrays.files if ":" in k}
        best, epochs, rising = arrays["best"][:2], *(*arrays["best"][2:], 0, 0)[:2]
        return Result(
            tensors,
            ids=arrays["ids"],
            logits=arrays["logits"],
            apart_ids=arrays["apart_ids"],
            apart_logits=arrays["apart_logits"],
            best_epoch=int(best[0]),
            validation_nll=float(best[1]),
            epochs=int(epochs),
            rising_epoch=int(rising),
        )


def progress_of_fits(config: RunConfig, results: Mapping[Task, Result]) -> list[dict[str, Any]]:
    """How far every fit that goes by epochs went: those trained, the one kept, the last rise of F1.

    A fit whose validation macro-F1 rose among the last epochs might have become better.
    """
    return [
        {
            "member": config.members[task.member].name,
            "split": task.split,
            "epochs": result.epochs,
            "best_epoch": result.best_epoch,
            "macro_f1_rose": result.rising_epoch,
        }
        for task, result in results.items()
        if result.epochs
    ]


def has_result(folder: Path, task: Task, config: RunConfig) -> bool:
    """Whether a task is done; a result without all that `read_result` wants is made anew."""
    path = result_path(folder, task, config)
    if not path.is_file():
        return False
    with np.load(path, allow_pickle=False) as arrays:
        return set(_ANSWERS) <= set(arrays.files)
