"""Children that answer when a test tells them to, and values to answer with."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from spectra_gui.data import (
    Decision,
    Explanation,
    Override,
    OverrideChoice,
    PreparationSpec,
    Prepared,
    Reading,
    Spectrum,
    Strip,
)
from spectra_gui.engine.client import EngineReady, Typed
from tests.verdicts import SHA256, make_verdict

READY = EngineReady("CPU", "mk-ensemble-1", SHA256, 2)
SPEC = PreparationSpec()


def make_spectrum(name: str = "HD 1", *, seed: int = 0, n: int = 2441) -> Spectrum:
    """A spectrum with a few absorption lines and noise."""
    axis = np.linspace(3850.0, 6900.0, n)
    flux = np.ones(n)
    for centre in (3933.7, 3968.5, 4101.7, 4340.5, 4861.3, 5175.0, 5893.0, 6562.8):
        flux -= 0.4 * np.exp(-0.5 * ((axis - centre) / 4.0) ** 2)
    flux += np.random.default_rng(seed).normal(0.0, 0.01, n)
    return Spectrum(axis, 100.0 * flux, np.full(n, 1.0), medium="air", frame="rest", name=name)


def make_reading(path: str, *names: str, override: Override | None = None) -> Reading:
    spectra = tuple(make_spectrum(name, n=64) for name in names or (Path(path).stem,))
    return Reading(
        path,
        "two-column text",
        "text",
        spectra,
        decisions=(Decision("Medium", "air", "Na D lies at 5893.0 Å"),),
        choices=(OverrideChoice("medium", "Medium", "air", ("air", "vacuum")),),
        override=override or Override(),
    )


def make_prepared() -> Prepared:
    spectrum = make_spectrum()
    return Prepared(
        flux=(spectrum.flux / 100.0).astype(np.float32),
        valid=np.ones(SPEC.n_pixels, bool),
        continuum=np.full(SPEC.n_pixels, 100.0, np.float32),
        sigma=np.full(SPEC.n_pixels, 0.01, np.float32),
        rv_kms=4.2,
        rv_err_kms=1.1,
        rv_origin="measured",
        rv_quality=8.0,
        snr=180.0,
        fwhm_aa=2.5,
        fwhm_origin="estimated",
        coverage=1.0,
    )


def make_explanation() -> Explanation:
    axis = SPEC.wavelength_aa
    strips = []
    for i, centre in enumerate((4861.3, 4305.0, 5175.0)):
        relevance = np.exp(-0.5 * ((axis - centre) / (5.0 + 10.0 * i)) ** 2).astype(np.float32)
        strips.append(
            Strip(f"branch k = {(3, 7, 15)[i]}", "guided_grad_cam", relevance, 0.1 * relevance,
                  (), True)
        )  # fmt: skip
    return Explanation("joint", "G2 V", axis, tuple(strips), "mk-ensemble-1")


class _Fake:
    def __init__(self) -> None:
        self._tickets = count(1)
        self._listener: Callable[[Any], None] | None = None
        self.cancelled: list[int] = []
        self.closed = False

    def listen(self, listener: Callable[[Any], None]):  # type: ignore[no-untyped-def]
        self._listener = listener
        return self

    def tell(self, event: Any) -> None:
        assert self._listener is not None
        self._listener(event)

    def cancel(self, ticket: int) -> None:
        self.cancelled.append(ticket)

    def close(self) -> None:
        self.closed = True


class FakeReader(_Fake):
    """``asked`` holds (ticket, path, override)."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, str, Any]] = []
        self.mappings: tuple[Any, ...] = ()

    def read(self, path: str, *, override: Override | None = None) -> int:
        ticket = next(self._tickets)
        self.asked.append((ticket, path, override))
        return ticket

    def peek(self, path: str, *, skip_rows: int = 0) -> int:
        return next(self._tickets)

    def use_mappings(self, mappings: Any) -> None:
        self.mappings = tuple(mappings)

    def cancel_all(self) -> None:
        self.asked.clear()


class FakeEngine(_Fake):
    """``asked`` holds (ticket, items, revision), ``explained`` (ticket, key, revision)."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, list[tuple[str, Spectrum]], int]] = []
        self.explained: list[tuple[int, str, int]] = []
        self.restarts: list[tuple[Path | None, str | None]] = []
        self.started = False
        self.sha256 = SHA256
        self.state = "accept"

    def start(self) -> None:
        self.started = True

    def classify(self, items: Any, *, revision: int) -> int:
        ticket = next(self._tickets)
        self.asked.append((ticket, list(items), revision))
        return ticket

    def explain(
        self, key: str, spectrum: Spectrum, *, revision: int, target: Any, method: str
    ) -> int:
        ticket = next(self._tickets)
        self.explained.append((ticket, key, revision))
        return ticket

    def restart(self, bundle: Path | None = None, device: str | None = None) -> None:
        self.restarts.append((bundle, device))

    def answer_all(self, *types: str) -> None:
        """Type everything that was asked."""
        while self.asked:
            ticket, items, revision = self.asked.pop(0)
            for i, (key, _) in enumerate(items):
                type_ = types[i] if i < len(types) else "G2 V"
                verdict = make_verdict(type_, state=self.state, sha=self.sha256)
                self.tell(Typed(ticket, key, revision, verdict, make_prepared()))
