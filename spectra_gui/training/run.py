"""A whole run: data → fits (one after another or side by side) → calibration → a bundle.

The run's folder keeps the prepared data, checkpoints and results, so a run that was stopped or
killed goes on where it was. Knows the order of things; each step has its own module.
"""

from __future__ import annotations

import json
import multiprocessing as mp
import queue
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from spectra_gui.recipes import Event, Finished, RunConfig, Started, TaskDone, config_to_toml
from spectra_gui.training.assemble import assemble_bundle
from spectra_gui.training.dataset import (
    DataError,
    LabelledSet,
    LeftOut,
    count_reasons,
    load_labelled,
)
from spectra_gui.training.fit import CancelledError
from spectra_gui.training.tables import load_table
from spectra_gui.training.tasks import Task, plan, read_result, result_path, run_task

Listener = Callable[[Event], None]


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
) -> Path | None:
    """Run a config to its bundle in ``out``; returns the bundle's folder, or None if cancelled.

    Parameters
    ----------
    out : the bundle's folder, which must not hold a bundle yet
    work : the run's folder; one with results of the same config is gone on with
    data_folder : where the labelled libraries stand (``stellar/`` inside)
    base_folder : what a relative ``data.label_table`` is relative to; None for the current folder

    Raises
    ------
    TrainingError, DataError, BundleError
        With sentences for a person; a `Finished` event is sent in any case.
    """
    try:
        if (out / "bundle.json").exists():
            raise TrainingError(f"{out} holds a bundle already. Choose another name.")
        _open_work(config, work)
        data, left_out = _load_data(config, data_folder, base_folder or Path(), work)
        tasks = plan(config)
        listener(
            Started(
                config.name,
                len(tasks),
                config.optimiser.epochs,
                len(data),
                len(set(data.system.tolist())),
                count_reasons(left_out),
                config.device,
            )
        )
        _run_tasks(tasks, data, config, work, listener, cancelled)
        results = {t: read_result(result_path(work, t, config)) for t in tasks}
        folder = assemble_bundle(config, data, left_out, results, out)
    except CancelledError:
        listener(Finished("cancelled", f"The run was stopped; {work} keeps what is done."))
        return None
    except Exception as error:  # told to every listener, then raised for the caller
        listener(Finished("failed", str(error)))
        raise
    listener(Finished("done", str(folder)))
    return folder


def _open_work(config: RunConfig, work: Path) -> None:
    """A new run's folder, or one of the same config; of another config nothing is mixed in."""
    work.mkdir(parents=True, exist_ok=True)
    kept = work / "config.toml"
    text = config_to_toml(config)
    if kept.is_file() and _recipe(kept.read_text(encoding="utf-8")) != _recipe(text):
        raise TrainingError(
            f"{work} holds a run of another config. Remove it or choose another folder."
        )
    kept.write_text(text, encoding="utf-8")


def _recipe(text: str) -> str:
    """A config's text without the lines that do not change its results."""
    free = ("workers", "threads", "device")
    return "\n".join(line for line in text.splitlines() if not line.startswith(free))


def _load_data(
    config: RunConfig, data_folder: Path, base_folder: Path, work: Path
) -> tuple[LabelledSet, tuple[LeftOut, ...]]:
    cache, reasons = work / "data.npz", work / "left_out.json"
    if cache.is_file() and reasons.is_file():
        stored = json.loads(reasons.read_text(encoding="utf-8"))
        return LabelledSet.load(cache), tuple(LeftOut(r, tuple(ids)) for r, ids in stored)
    if config.data.label_table:
        data, left_out = load_table(base_folder / config.data.label_table, config)
    else:
        data, left_out = load_labelled(
            config.data.libraries, data_folder / "stellar", config.preparation,
            min_coverage=config.data.min_coverage,
        )  # fmt: skip
    if len(data) < 2 * config.optimiser.batch_size and len(data) < 20:
        raise DataError(f"Only {len(data)} labelled spectra can teach; 20 are needed at least.")
    data.save(cache)
    reasons.write_text(json.dumps([[part.reason, part.ids] for part in left_out]))
    return data, left_out


def _run_tasks(
    tasks: list[Task],
    data: LabelledSet,
    config: RunConfig,
    work: Path,
    listener: Listener,
    cancelled: Callable[[], bool],
) -> None:
    waiting = [t for t in tasks if not result_path(work, t, config).is_file()]
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

    if config.workers == 1 or len(waiting) < 2:
        for task in waiting:
            run_task(task, data, config, work, listener=listener, cancelled=cancelled)
            tell_done(task)
        return
    _run_side_by_side(waiting, config, work, listener, cancelled, tell_done)


def _run_side_by_side(
    waiting: list[Task],
    config: RunConfig,
    work: Path,
    listener: Listener,
    cancelled: Callable[[], bool],
    tell_done: Callable[[Task], None],
) -> None:
    context = mp.get_context("spawn")
    jobs, told, stop = context.Queue(), context.Queue(), context.Event()
    for task in waiting:
        jobs.put(task)
    workers = [
        context.Process(target=_work, args=(config, work, jobs, told, stop), daemon=True)
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
            with suppress(queue.Empty):
                message = told.get(timeout=0.5)
                if isinstance(message, Task):
                    left -= 1
                    tell_done(message)
                elif isinstance(message, str):
                    raise TrainingError(message)
                else:
                    listener(message)
                continue
            if not any(worker.is_alive() for worker in workers):
                raise TrainingError("The training processes ended early; run again to go on.")
    finally:
        stop.set()
        for worker in workers:
            worker.join(timeout=5)
            worker.terminate()


def _work(config: RunConfig, work: Path, jobs: Any, told: Any, stop: Any) -> None:
    """A training process: takes tasks until there are none, sends events as they come."""
    data = LabelledSet.load(work / "data.npz")
    while (task := jobs.get()) is not None:
        try:
            run_task(task, data, config, work, listener=told.put, cancelled=stop.is_set)
        except CancelledError:
            return
        except Exception as error:  # carried to the parent, which tells it and stops the others
            told.put(f"{task.name(config)} failed: {error}")
            return
        told.put(task)
