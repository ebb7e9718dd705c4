"""Save and restore a fit so that it goes on to the same result; a crash leaves the older file."""

from __future__ import annotations

import os
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final

import torch

UNREADABLE: Final = (
    OSError,
    EOFError,
    RuntimeError,
    UnpicklingError,
    KeyError,
    ValueError,
    TypeError,
)
"""What a file that is no checkpoint of this fit raises when it is read and taken in."""


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Write ``state`` (tensors, numbers, strings, nested) whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The state, or None where there is none. Never runs code of the file (weights only)."""
    if not path.is_file():
        return None
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state
