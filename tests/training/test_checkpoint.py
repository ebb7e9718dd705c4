"""Checkpoints are whole or not there, and never run code."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch

from spectra_gui.training import checkpoint
from spectra_gui.training.checkpoint import load_checkpoint, save_checkpoint


def test_a_state_comes_back(tmp_path: Path) -> None:
    save_checkpoint({"w": torch.arange(3), "numbers": [1, 2.5]}, tmp_path / "a.ckpt")
    state = load_checkpoint(tmp_path / "a.ckpt")
    assert state is not None
    assert state["w"].tolist() == [0, 1, 2]
    assert state["numbers"] == [1, 2.5]


def test_there_is_none_before_the_first(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path / "a.ckpt") is None


def test_a_crash_while_writing_leaves_the_older_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint({"numbers": [1]}, tmp_path / "a.ckpt")

    def full_disk(_state: object, file: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint.torch, "save", full_disk)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint({"numbers": [2]}, tmp_path / "a.ckpt")
    assert load_checkpoint(tmp_path / "a.ckpt") == {"numbers": [1]}
    assert [p.name for p in tmp_path.iterdir()] == ["a.ckpt"]


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("trap"),)  # type: ignore[return-value]


def test_a_file_with_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"w": Trap()}, tmp_path / "a.ckpt")
    with pytest.raises(pickle.UnpicklingError):
        load_checkpoint(tmp_path / "a.ckpt")
    assert not (tmp_path / "trap").exists()
