"""Whole runs on made stars, for the tests of training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from spectra_gui.recipes import (
    DataConfig,
    Event,
    RunConfig,
)
from spectra_gui.training import train

KEPT_BACK = DataConfig(label_table="labels.csv", validation=0.2, test=0.25)
HALF_KEPT_BACK = replace(KEPT_BACK, validation=0.01, test=0.5)


class Runs:
    """Trains configs on the made stars; the prepared data are shared."""

    def __init__(self, stars: Path, folder: Path, prepared: Path) -> None:
        self.stars, self.folder, self.prepared = stars, folder, prepared
        self.events: list[Event] = []

    def __call__(
        self,
        config: RunConfig,
        name: str,
        *,
        work: str = "",
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Path | None:
        self.events = []
        return train(
            config,
            out=self.folder / name,
            work=self.folder / (work or f"{name}-work"),
            data_folder=self.stars,
            listener=self.events.append,
            cancelled=cancelled,
            base_folder=self.stars,
            prepared=self.prepared,
        )

    def of(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


def weights(bundle: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in sorted(bundle.glob("*.safetensors"))}


def after_steps(n: int) -> Callable[[], bool]:
    """A person who cancels at the n-th question."""
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > n

    return cancelled
