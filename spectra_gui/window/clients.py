"""What the window needs of the clients that drive the children, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from spectra_gui.data import FileMapping, Override, Spectrum
from spectra_gui.data.explanation import Target

EngineState = Literal["off", "starting", "ready", "failed"]
Listener = Callable[[Any], None]
"""Takes the clients' events, on any thread."""


class Reader(Protocol):
    """What `engine.client.ReaderClient` offers."""

    def read(self, path: str, *, override: Override | None = None) -> int: ...
    def peek(self, path: str, *, skip_rows: int = 0) -> int: ...
    def use_mappings(self, mappings: Sequence[FileMapping]) -> None: ...
    def cancel(self, ticket: int) -> None: ...
    def cancel_all(self) -> None: ...
    def close(self) -> None: ...


class Engine(Protocol):
    """What `engine.client.EngineClient` offers."""

    def start(self) -> None: ...
    def classify(self, items: Sequence[tuple[str, Spectrum]], *, revision: int) -> int: ...
    def explain(
        self,
        key: str,
        spectrum: Spectrum,
        *,
        revision: int,
        target: Target = "joint",
        method: str = "guided_grad_cam",
    ) -> int: ...
    def cancel(self, ticket: int) -> None: ...
    def restart(self, bundle: Path | None = None, device: str | None = None) -> None: ...
    def close(self) -> None: ...
