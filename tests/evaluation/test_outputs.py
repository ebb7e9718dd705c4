"""Out-of-fold outputs are read whole or refused with a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectra_gui.evaluation.outputs import OutputsError, read_outputs
from tests.evaluation.made import made_arrays, save_arrays


def test_outputs_come_back_as_written(tmp_path: Path) -> None:
    arrays = made_arrays()
    outputs = read_outputs(save_arrays(tmp_path / "oof.npz", arrays))
    np.testing.assert_array_equal(outputs.logits, arrays["logits"])
    assert outputs.members == ("small", "large", "plain")
    pairs = {(part.train, part.test): part for part in outputs.left_out}
    assert set(pairs) == {("miles", "cflib"), ("cflib", "miles")}
    np.testing.assert_array_equal(pairs["miles", "cflib"].ids, arrays["leftout_miles_cflib_ids"])


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in made_arrays().items() if key != name}


def with_changed(name: str, value: Any) -> dict[str, Any]:
    return {**made_arrays(), name: value}


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        (without("fold"), "lacks fold"),
        (with_changed("label", np.array(["G2 V"])), "contradicts itself: label"),
        (with_changed("logits", np.zeros((3, 300, 419))), "contradicts itself: logits"),
        (with_changed("logits", np.full((3, 300, 420), np.nan)), "no finite outputs"),
        (with_changed("fold", np.arange(300) % 7), "a star system in two folds"),
        (with_changed("leftout_miles_cflib_ids", np.array(["x:1"])), "does not fit the rest"),
    ],
)
def test_what_contradicts_itself_is_refused(
    tmp_path: Path, arrays: dict[str, Any], reason: str
) -> None:
    with pytest.raises(OutputsError, match=reason):
        read_outputs(save_arrays(tmp_path / "oof.npz", arrays))


def test_left_out_stars_that_the_training_library_holds_are_refused(tmp_path: Path) -> None:
    arrays = made_arrays()
    both = arrays["ids"][-5:]  # CFLIB spectra of stars that MILES holds
    arrays["leftout_miles_cflib_ids"] = both
    arrays["leftout_miles_cflib_logits"] = arrays["logits"][:, -5:]
    with pytest.raises(OutputsError, match="scores stars that miles holds too"):
        read_outputs(save_arrays(tmp_path / "oof.npz", arrays))


def test_absent_and_damaged_files_are_named(tmp_path: Path) -> None:
    file = tmp_path / "oof.npz"
    with pytest.raises(OutputsError, match="has no outputs to score"):
        read_outputs(file)
    file.write_bytes(b"PK\x03\x04 not an archive")
    with pytest.raises(OutputsError, match=r"oof\.npz is damaged"):
        read_outputs(file)
