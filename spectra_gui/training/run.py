"""A whole run: data → fits (one after another or side by side) → calibration → a bundle.

The run's folder keeps the prepared data, checkpoints and results, so a run that was stopped or
killed goes on where it was. Knows the order of things; each step has its own module.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing as mp
import queue
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from spectra_gui.bundles import Bundle
from spectra_gui.inference.predict import choose_device
from spectra_gui.networks import build_network
from spectra_gui.recipes import (
    ConfigError,
    Event,
    Finished,
    Notice,
    Preparing,
    RunConfig,
    Started,
    TaskDone,
    read_config,
    write_config,
)
from spectra_gui.training.assemble import assemble_bundle
from spectra_gui.training.base import load_base, with_base
from spectra_gui.training.dataset import LabelledSet, LeftOut, count_reasons
from spectra_gui.training.fitted import CancelledError, FitError
from spectra_gui.training.source import DATA, load_source
from spectra_gui.training.split import split_test
from spectra_gui.training.tasks import (
    Task,
    count_steps,
    has_result,
    learning_set,
    plan,
    read_result,
    result_path,
    run_task,
)
from spectra_gui.training.threads import few_threads

Listener = Callable[[Event], None]

TEST_STARS = "test.json"
"""In the run's folder: the spectra and star systems that were kept back to judge by."""


TIME_TO_SAVE_S: Final = 10.0
"""What training processes that were asked to stop get to save their checkpoints."""


class TrainingError(Exception):
    """A run that cannot go on; the message is for a person."""


def train(
    config: RunConfig,
    *,
    out: Path,
    work: Path,
    data_folder: Path,
    listener: Listener,
    cancelled: Callable[[], bool] = lambda: False,
    base_folder: Path | None = None,
    prepared: Path | None = None,
) -> Path | None:
    """Run a config to its bundle in ``out``; returns the bundle's folder, or None if cancelled.

    Parameters
    ----------
    out : the bundle's folder, which must not be there yet
    work : the run's folder; one with results of the same config is gone on with
    data_folder : where the labelled libraries stand (``stellar/`` inside)
    base_folder : what a relative ``data.label_table`` is relative to; None for the current folder
    prepared : folder of the prepared data, which several runs may share; None for ``work``

    Raises
    ------
    TrainingError, DataError, BundleError, ConfigError
        With sentences for a person; a `Finished` event is sent in any case.
    """
    try:
        if out.exists():
            raise TrainingError(f"{out} exists. Choose another name for the new bundle.")
        check_device(config)
        base = load_base(config)
        config = with_base(config, base)
        check_networks(config)
        _open_work(config, base, work)
        data, left_out = load_data(
            config, base, data_folder, base_folder or Path(), prepared or work, listener, cancelled
        )
        with few_threads(config.threads):
            folder = _train(
                config, base, data, left_out, out, work, prepared or work, data_folder, listener,
                cancelled,
            )  # fmt: skip
    except CancelledError:
        listener(Finished("cancelled", f"The run was stopped; {work} keeps what is done."))
        return None
    except Exception as error:  # told to every listener, then raised for the caller
        listener(Finished("failed", str(error)))
        raise
    listener(Finished("done", str(folder)))
    return folder


def check_device(config: RunConfig) -> None:
    """Raise `ConfigError` where this machine has not the config's device."""
    try:
        choose_device(config.device)
    except ValueError as error:
        raise ConfigError(f"device is {config.device!r}: {error}") from error


def check_networks(config: RunConfig) -> None:
    """Raise `ConfigError` where a network cannot be built: before anything is read."""
    for member in config.members:
        try:
            with torch.device("meta"):
                build_network(member.kind, config.architecture_of(member))
        except (ValueError, TypeError, RuntimeError) as error:
            raise ConfigError(f"members: {member.name} cannot be built: {error}") from error


def load_data(
    config: RunConfig,
    base: Bundle | None,
    data_folder: Path,
    base_folder: Path,
    prepared: Path,
    listener: Listener,
    cancelled: Callable[[], bool],
) -> tuple[LabelledSet, tuple[LeftOut, ...]]:
    """`load_source` with its progress told as events and a cancel heard in between."""

    def tell(done: int, total: int) -> None:
        if cancelled():
            raise CancelledError
        listener(Preparing(done, total))

    def notice(message: str) -> None:
        listener(Notice(message))

    return load_source(
        config, prepared=prepared, data_folder=data_folder, table_folder=base_folder, base=base,
        tell=tell, notice=notice,
    )  # fmt: skip


def _train(
    config: RunConfig,
    base: Bundle | None,
    data: LabelledSet,
    left_out: tuple[LeftOut, ...],
    out: Path,
    work: Path,
    prepared: Path,
    data_folder: Path,
    listener: Listener,
    cancelled: Callable[[], bool],
) -> Path:
    """The fits that are left, then the bundle."""
    learnt = learning_set(data, config)
    check_folds(learnt, config)
    _check_same_data(learnt, work)
    test = _keep_test(data, config, work)
    tasks = plan(config)
    waiting = [t for t in tasks if not has_result(work, t, config)]
    listener(
        Started(
            name=config.name,
            tasks=len(tasks),
            done=len(tasks) - len(waiting),
            epochs=config.optimiser.epochs,
            steps=count_steps(waiting, learnt, config),
            n_spectra=len(learnt),
            n_systems=len(np.unique(learnt.system)),
            n_test=len(data) - len(learnt),
            left_out=count_reasons(left_out),
            device=config.device,
        )
    )
    run_tasks(tasks, waiting, learnt, config, base, work, prepared, listener, cancelled)
    results = {t: read_result(result_path(work, t, config)) for t in tasks}
    return assemble_bundle(
        config, base, learnt, left_out, results, test, out, data_folder=data_folder
    )


def _keep_test(data: LabelledSet, config: RunConfig, work: Path) -> dict[str, Any]:
    """Who judges, written into the run's folder; the same goes into the bundle."""
    kept_back = split_test(data, config.data.test, config.seed)
    test = {
        "share": config.data.test,
        "seed": config.seed,
        "ids": data.ids[kept_back].tolist(),
        "stars": sorted(set(data.star[kept_back].tolist())),
    }
    (work / TEST_STARS).write_text(json.dumps(test, ensure_ascii=False), encoding="utf-8")
    return test


def _open_work(config: RunConfig, base: Bundle | None, work: Path) -> None:
    """A new run's folder, or one of the same config and base; of others nothing is mixed in."""
    work.mkdir(parents=True, exist_ok=True)
    kept, start = work / "config.toml", work / "base.txt"
    digest = "" if base is None else base.sha256
    if kept.is_file():
        try:
            same = _recipe(read_config(kept)) == _recipe(config)
        except ConfigError:
            same = False
        if not same or (start.is_file() and start.read_text() != digest):
            raise TrainingError(
                f"{work} holds a run of another config. Remove it or choose another folder."
            )
    write_config(config, kept)
    start.write_text(digest)


def check_folds(data: LabelledSet, config: RunConfig) -> None:
    """Raise `ConfigError` where there are fewer stars than folds."""
    n_systems = len(np.unique(data.system))
    if n_systems < config.scoring.folds:
        raise ConfigError(
            f"scoring.folds is {config.scoring.folds}, and only {n_systems} stars teach; "
            f"allowed here: 0, or 2 to {n_systems}"
        )


def _check_same_data(data: LabelledSet, work: Path) -> None:
    """Fits of other spectra or labels than these are not gone on with."""
    digest, kept = data_digest(data), work / "data.txt"
    if kept.is_file() and kept.read_text() != digest:
        raise TrainingError(
            f"{work} holds a run on other spectra or labels than there are now. Remove it or "
            "choose another folder."
        )
    kept.write_text(digest)


def data_digest(data: LabelledSet) -> str:
    """SHA-256 of all that fits learn from."""
    columns = (getattr(data, f.name) for f in fields(data))
    return hashlib.sha256(b"".join(np.ascontiguousarray(c).tobytes() for c in columns)).hexdigest()


def _recipe(config: RunConfig) -> RunConfig:
    """A config without what does not change its results, as a file holds it."""
    return replace(config, workers=1, threads=1, device="cpu")


def run_tasks(
    tasks: list[Task],
    waiting: list[Task],
    data: LabelledSet,
    config: RunConfig,
    base: Bundle | None,
    work: Path,
    prepared: Path,
    listener: Listener,
    cancelled: Callable[[], bool],
) -> None:
    """Do those of a run's ``tasks`` that are ``waiting``; their results come to stand in ``work``.

    Parameters
    ----------
    data : the `learning_set` of what stands in ``prepared``
    prepared : where processes that fit side by side load the data from

    Raises
    ------
    TrainingError, CancelledError
    """
    finished = len(tasks) - len(waiting)

    def tell_done(task: Task) -> None:
        nonlocal finished
        finished += 1
        result = read_result(result_path(work, task, config))
        listener(
            TaskDone(
                task.name(config), finished, len(tasks), result.best_epoch, result.validation_nll
            )
        )

    if config.workers > 1 and len(waiting) > 1:
        _run_side_by_side(waiting, config, work, prepared, listener, cancelled, tell_done)
        return
    for task in waiting:
        try:
            run_task(task, data, config, work, base=base, listener=listener, cancelled=cancelled)
        except FitError as error:
            raise TrainingError(f"{task.name(config)} cannot be fitted: {error}.") from error
        tell_done(task)


def _run_side_by_side(
    waiting: list[Task],
    config: RunConfig,
    work: Path,
    prepared: Path,
    listener: Listener,
    cancelled: Callable[[], bool],
    tell_done: Callable[[Task], None],
) -> None:
    context = mp.get_context("spawn")
    jobs, told, stop = context.Queue(), context.Queue(), context.Event()
    for task in waiting:
        jobs.put(task)
    workers = [
        context.Process(target=_work, args=(config, work, prepared, jobs, told, stop), daemon=True)
        for _ in range(min(config.workers, len(waiting)))
    ]
    for worker in workers:
        jobs.put(None)
        worker.start()
    left = len(waiting)
    try:
        while left:
            if cancelled():
                raise CancelledError
            # Looked at before the queue: what a process sent before its end is still in there.
            ended = [worker.exitcode for worker in workers]
            try:
                message = told.get(timeout=0.5)
            except queue.Empty:
                _check_alive(ended, work)
                continue
            if isinstance(message, Task):
                left -= 1
                tell_done(message)
            elif isinstance(message, str):
                raise TrainingError(message)
            else:
                listener(message)
    finally:
        stop.set()
        _end(workers, told)


def _check_alive(ended: list[int | None], work: Path) -> None:
    """A process that was killed took its fit with it; the others would be waited for in vain."""
    for code in ended:
        if code not in (None, 0):
            how = f"signal {-code}" if code < 0 else f"status {code}"
            raise TrainingError(
                f"A training process ended early ({how}), which happens when memory runs out. "
                f"{work} keeps what is done: run again to go on, with fewer workers."
            )
    if None not in ended:
        raise TrainingError("The training processes ended early; run again to go on.")


def _end(workers: list[Any], told: Any) -> None:
    """Let each save its checkpoint; the queue is emptied, or a process could not leave."""
    deadline = time.monotonic() + TIME_TO_SAVE_S
    while any(worker.is_alive() for worker in workers) and time.monotonic() < deadline:
        try:
            told.get(timeout=0.1)
        except queue.Empty:
            continue
    for worker in workers:
        worker.terminate()
        worker.join()


def _work(config: RunConfig, work: Path, prepared: Path, jobs: Any, told: Any, stop: Any) -> None:
    """A training process: takes tasks until there are none, sends events as they come."""
    parent = mp.parent_process()
    base = load_base(config)
    data = learning_set(LabelledSet.load(prepared / DATA), config)

    def cancelled() -> bool:
        return stop.is_set() or (parent is not None and not parent.is_alive())

    while (task := jobs.get()) is not None:
        try:
            run_task(task, data, config, work, base=base, listener=told.put, cancelled=cancelled)
        except CancelledError:
            return
        except Exception as error:  # carried to the parent, which tells it and stops the others
            told.put(f"{task.name(config)} failed: {error}")
            return
        told.put(task)
