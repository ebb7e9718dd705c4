"""The trust statistics of a finished bundle can be fitted again; its networks stay as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.data.labels import label_grid
from spectra_gui.training import LabelledSet, stored
from tests.training.made import made_set, write_base


@pytest.fixture
def data() -> LabelledSet:
    return made_set(300)


@pytest.fixture
def folder(tmp_path: Path, data: LabelledSet) -> Path:
    """An older bundle with the outputs of two members that were right."""
    folder = write_base(tmp_path / "older")
    right = label_grid(data.code, data.luminosity).reshape(len(data), -1)
    logits = np.repeat(6.0 * right[None], 2, axis=0)
    np.savez(
        folder / "oof.npz", ids=data.ids, system=data.system, library=data.library,
        label=data.label, feh=data.feh, fold=np.arange(len(data)) // 20 % 5,
        members=np.array(["a", "b"]), kinds=np.array(["x", "y"]), logits=logits.astype(np.float16),
    )  # fmt: skip
    return folder


def test_a_finished_bundle_learns_what_is_strange(
    folder: Path, data: LabelledSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "stored_data", lambda bundle, path: data)
    made = load_bundle(stored.add_likeness(folder, tmp_path / "newer", tmp_path))
    older = load_bundle(folder)
    assert older.likeness is None
    assert made.likeness is not None
    assert made.sha256 != older.sha256
    same = [path.name for path in folder.iterdir() if path.name not in ("bundle.json", "oof.npz")]
    for name in same:
        assert (made.path / name).read_bytes() == (folder / name).read_bytes()


def test_its_answers_are_those_of_its_outputs(folder: Path, data: LabelledSet) -> None:
    bundle: Bundle = replace(load_bundle(folder), calibration={"ensemble_temperature": 1.0})
    held_out, probabilities = stored.stored_answers(bundle, data)
    assert held_out.rows.tolist() == list(range(len(data)))
    np.testing.assert_array_equal(held_out.types // 6, data.code // 10)
    assert probabilities.shape == (len(data), 420)
    assert not held_out.far.any()


def test_other_spectra_than_those_of_the_outputs_always_teach(
    folder: Path, data: LabelledSet
) -> None:
    more = made_set(340)
    bundle = load_bundle(folder)
    held_out, _ = stored.stored_answers(bundle, more)
    assert set(held_out.fold[:300].tolist()) == {0, 1, 2, 3, 4}
    assert set(held_out.fold[300:].tolist()) == {stored.NO_FOLD}
