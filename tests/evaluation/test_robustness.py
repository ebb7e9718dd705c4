"""Worse spectra are asked of the networks of a finished run that did not see the star."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.evaluation.degrade import Degradation, degradations
from spectra_gui.evaluation.entries import calibrate, choose_stars
from spectra_gui.evaluation.outputs import OutputsError, read_outputs
from spectra_gui.evaluation.robustness import (
    AS_THEY_ARE,
    FILE,
    Robustness,
    measure,
    read_stored,
    store,
)
from spectra_gui.recipes import ScoringConfig
from spectra_gui.training import train
from tests.evaluation.made_libraries import small_recipe, write_libraries

WAYS = [way for way in degradations() if way.name in ("S/N 10", "3 px shift, said to be at rest")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``data``, the run's ``work`` and its ``bundle``."""
    folder = tmp_path_factory.mktemp("run")
    write_libraries(folder / "data")
    train(
        small_recipe(scoring=ScoringConfig(folds=2)), out=folder / "bundle", work=folder / "work",
        data_folder=folder / "data", listener=lambda event: None,
    )  # fmt: skip
    return folder


@pytest.fixture
def bundle(made: Path) -> Bundle:
    return load_bundle(made / "bundle")


def measured(made: Path, bundle: Bundle, run: Path, ways: list[Degradation]) -> Robustness:
    stars = choose_stars(read_outputs(bundle.path / "oof.npz"))
    return measure(
        bundle, stars, calibrate(stars), run, data_folder=made / "data", outputs_sha256="ab",
        ways=ways,
    )  # fmt: skip


def test_each_way_is_paired_with_the_spectra_as_they_are(made: Path, bundle: Bundle) -> None:
    found = measured(made, bundle, made / "work", WAYS)
    assert [c.name for c in found.conditions] == [AS_THEY_ARE, *(way.name for way in WAYS)]
    for condition in found.conditions:
        change = condition.figures["joint"].value - condition.beside["joint"].value
        assert condition.change.value == pytest.approx(change)
        assert condition.n_spectra == found.conditions[0].n_spectra
        assert condition.n_refused == 0
    assert measured(made, bundle, made / "work", WAYS) == found


def test_what_is_kept_is_shown_again_for_the_same_outputs_only(
    made: Path, bundle: Bundle, tmp_path: Path
) -> None:
    found = measured(made, bundle, made / "work", WAYS[:1])
    shutil.copytree(bundle.path, tmp_path / "copy")
    copy = load_bundle(tmp_path / "copy")
    assert read_stored(copy, "ab") is None
    store(found, copy)
    again = load_bundle(tmp_path / "copy")  # the list of its files fits
    assert again.sha256 != copy.sha256
    assert read_stored(again, "ab") == found
    assert read_stored(again, "cd") is None
    (again.path / FILE).write_text(json.dumps({"schema": 1}), encoding="utf-8")
    with pytest.raises(OutputsError, match="damaged"):
        read_stored(again, "ab")


def test_a_folder_without_fits_and_another_bundles_run_are_named(
    made: Path, bundle: Bundle, tmp_path: Path
) -> None:
    with pytest.raises(OutputsError, match="no finished run with folds"):
        measured(made, bundle, tmp_path, [])
    work = tmp_path / "work"
    shutil.copytree(made / "work", work)
    first, second = (work / f"small-residual.fold-{k}.npz" for k in (0, 1))
    shutil.copy(second, first)
    with pytest.raises(OutputsError, match="run of another bundle"):
        measured(made, bundle, work, [])
