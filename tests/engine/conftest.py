"""A listener that remembers events, clients whose children misbehave on demand, small files."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from spectra_gui.data import Spectrum
from spectra_gui.engine.client import Event, ReaderClient

from .tiny_bundle import write_tiny_bundle

E = TypeVar("E")
HERE = Path(__file__).parent
PATIENCE_S = 180.0
"""For what must come at some time, on a machine that may be busy with other things."""


class Recorder:
    """Remembers every event; waits for what a test expects."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def of(self, kind: type[E]) -> list[E]:
        """The events of one type so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def wait(self, kind: type[E], count: int = 1, timeout_s: float = PATIENCE_S) -> list[E]:
        """Wait until ``count`` events of a type have come and return them all."""
        self.wait_until(lambda: len(self.of(kind)) >= count, timeout_s)
        return self.of(kind)

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
        end = time.monotonic() + timeout_s
        with self._changed:
            while not condition():
                left = end - time.monotonic()
                assert left > 0, f"nothing more came; so far: {self.events}"
                self._changed.wait(left)


class UnrulyReaderClient(ReaderClient):
    """A `ReaderClient` whose child is `unruly_reader`."""

    def _command(self) -> list[str]:
        real = super()._command()
        return [sys.executable, str(HERE / "unruly_reader.py"), *real[real.index("reader") + 1 :]]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def unruly(recorder: Recorder) -> Iterator[UnrulyReaderClient]:
    """A reading client whose child obeys file names; a minute and 1 GiB a file."""
    client = UnrulyReaderClient(recorder, memory_limit_mb=1024, time_limit_s=60.0)
    yield client
    client.close()


def sun_like(seed: int = 0, n: int = 1200) -> Spectrum:
    """A made spectrum with a few deep lines; not a star, but prepared like one."""
    rng = np.random.default_rng(seed)
    wavelength_aa = np.linspace(3800.0, 7000.0, n)
    flux = np.ones(n)
    for line_aa, depth in (
        (3933.7, 0.7),
        (3968.5, 0.7),
        (4340.5, 0.4),
        (4861.3, 0.4),
        (6562.8, 0.5),
    ):
        flux -= depth * np.exp(-0.5 * ((wavelength_aa - line_aa) / 4.0) ** 2)
    flux += 0.01 * rng.standard_normal(n)
    return Spectrum(
        wavelength_aa, flux, sigma=np.full(n, 0.01), medium="air", frame="rest", name=f"made {seed}"
    )


def write_text(folder: Path, name: str, spectrums: Sequence[Spectrum] | None = None) -> Path:
    """A two-column text file of a made spectrum."""
    spectrum = (spectrums or [sun_like()])[0]
    path = folder / name
    rows = np.column_stack([spectrum.wavelength_aa, spectrum.flux])
    np.savetxt(path, rows, fmt="%.4f", header="wavelength_angstrom flux")
    return path


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole bundle with networks that never learnt anything."""
    return write_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")
