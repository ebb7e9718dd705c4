"""The engine child with a predictor that some spectrum names make crash, fail or dawdle.

It needs neither torch nor a bundle, so that what happens around the networks can be tested by
itself. Run as ``python unruly_engine.py --bundle NAME``; a bundle named ``broken`` is refused,
one named ``stillborn`` kills the child at its start.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from spectra_gui.data import Explanation, Prepared, Spectrum, Verdict
from spectra_gui.engine import server


@dataclass
class UnrulyPredictor:
    device_name: str
    notices: list[str] = field(default_factory=list)

    def classify(self, spectra: Sequence[Spectrum]) -> list[Any]:
        for spectrum in spectra:
            self._obey(spectrum.name)
        return [SimpleNamespace(verdict=verdict(s), prepared=prepared()) for s in spectra]

    def explain(self, prepared: Prepared, verdict: Verdict, *, target: Any, method: Any) -> Any:
        return Explanation(target, "G2 V", np.linspace(4000, 5000, 5), (), "unruly")

    def _obey(self, name: str) -> None:
        if name.startswith("crash"):
            ctypes.string_at(0)
        if name.startswith("fail"):
            raise RuntimeError("the network stumbled")
        if name.startswith("slow"):
            time.sleep(0.2)
        if name.startswith("hang"):
            time.sleep(600)
        if name.startswith("notice"):
            self.notices.append("Typing goes on with the processor.")


def verdict(spectrum: Spectrum) -> Verdict:
    return Verdict(
        np.full((70, 6), 1 / 420), "G2 V", "G", 2.0, "V", 0.5, (41.0, 43.0), ((42, 4),), "G2 V",
        (), (), None, None, "none", None, 1.0, 0.5, "accept", (), spectrum.name, "0" * 64,
    )  # fmt: skip


def prepared() -> Prepared:
    ones = np.ones(5, np.float32)
    return Prepared(ones, ones > 0, ones, None, None, None, "none", None, None, None, "none", 1.0)


def open_unruly(name: str | None, device: str, threads: int) -> Any:
    if name == "broken":
        return "The bundle broken is not used: its digest is another one."
    if name == "stillborn":
        os._exit(1)
    return SimpleNamespace(name=name or "unruly", sha256="0" * 64), UnrulyPredictor(device)


server._open = open_unruly
server._torch_threads = lambda: 1
sys.exit(server.main(sys.argv[1:]))
