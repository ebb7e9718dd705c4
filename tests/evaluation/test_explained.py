"""A sample of the scored stars is explained by the bundle's networks or by those of the folds."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.evaluation.entries import Stars, choose_stars
from spectra_gui.evaluation.evaluate import evaluate_bundle, write_report
from spectra_gui.evaluation.explained import choose_sample, measure
from spectra_gui.evaluation.explanations import (
    FILE,
    TOGETHER,
    Explanations,
    read_stored,
    store,
    to_text,
)
from spectra_gui.evaluation.outputs import OutputsError, read_outputs
from spectra_gui.recipes import ScoringConfig
from spectra_gui.training import train
from tests.evaluation.made_libraries import small_recipe, write_libraries

SVG = "{http://www.w3.org/2000/svg}"


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


@pytest.fixture(scope="module")
def bundle(made: Path) -> Bundle:
    return load_bundle(made / "bundle")


@pytest.fixture(scope="module")
def stars(bundle: Bundle) -> Stars:
    return choose_stars(read_outputs(bundle.path / "oof.npz"))


def explained(made: Path, bundle: Bundle, stars: Stars, run: Path | None = None) -> Explanations:
    return measure(
        bundle, stars, data_folder=made / "data", outputs_sha256="ab", run=run, n_stars=8
    )


@pytest.fixture(scope="module")
def found(made: Path, bundle: Bundle, stars: Stars) -> Explanations:
    return explained(made, bundle, stars)


def test_the_sample_is_even_over_groups_with_a_spectrum_a_system(stars: Stars) -> None:
    rows = choose_sample(stars, 20)
    assert len(rows) == 20
    assert len(set(stars.labels.system[rows])) == 20
    letters = (stars.labels.code[rows] // 10).astype(int)
    counts = np.bincount(letters, minlength=7)[2:]
    assert counts.min() >= 2
    assert choose_sample(stars, 20).tolist() == rows.tolist()
    assert len(choose_sample(stars, 10_000)) == len(set(stars.labels.system[stars.headline]))


def test_every_part_is_there_and_the_same_again(
    made: Path, bundle: Bundle, stars: Stars, found: Explanations
) -> None:
    names = ["k = 3", "k = 5", "residual", TOGETHER]
    assert [f.strip for f in found.faithful] == names
    # A branch that has learnt for three epochs may have no evidence for any star.
    assert {"residual", TOGETHER} <= {g.strip for g in found.grids} <= set(names)
    assert "residual" in {f.strip for f in found.randomised}
    assert {f.n_stars for f in found.faithful} == {8}
    assert {d.strip for d in found.diagnosed} <= set(names)
    assert "which saw all" not in found.origin
    assert "that they learnt from" in found.origin
    assert explained(made, bundle, stars) == found


def test_networks_of_the_folds_explain_stars_that_they_did_not_see(
    made: Path, bundle: Bundle, stars: Stars, found: Explanations
) -> None:
    strangers = explained(made, bundle, stars, made / "work")
    assert "did not learn from" in strangers.origin
    assert strangers.faithful != found.faithful
    assert [f.n_stars for f in strangers.faithful] == [f.n_stars for f in found.faithful]
    with pytest.raises(OutputsError, match="no finished run with folds"):
        explained(made, bundle, stars, made / "data")


def test_what_is_kept_is_shown_again_for_the_same_outputs_only(
    bundle: Bundle, found: Explanations, tmp_path: Path
) -> None:
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


def test_the_report_shows_what_the_bundle_holds(
    bundle: Bundle, found: Explanations, tmp_path: Path
) -> None:
    shutil.copytree(bundle.path, tmp_path / "copy")
    bare = evaluate_bundle(bundle, data_folder=None, with_baselines=False)
    assert bare.report.explanations is None
    kept = replace(found, outputs_sha256=bare.report.outputs_sha256)
    store(kept, load_bundle(tmp_path / "copy"))
    again = evaluate_bundle(load_bundle(tmp_path / "copy"), data_folder=None, with_baselines=False)
    assert again.report.explanations == kept
    write_report(again, tmp_path / "scores")
    assert (tmp_path / "scores" / FILE).read_text(encoding="utf-8") == to_text(kept)
    page = (tmp_path / "scores" / "report.html").read_text(encoding="utf-8")
    assert 'href="#explanations"' in page
    assert "Evidence over the MK grid: residual" in page
    drawings = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    titles = [str(ElementTree.fromstring(d).findtext(f"{SVG}title")) for d in drawings]
    assert "The target's probability as pixels are replaced or restored: all together" in titles
    assert "Strongest peak on a textbook line" in page
    assert "## Explanations" in (tmp_path / "scores" / "report.md").read_text(encoding="utf-8")


def test_a_missing_folder_is_told(bundle: Bundle) -> None:
    with pytest.raises(OutputsError, match="--data"):
        evaluate_bundle(bundle, data_folder=None, with_baselines=False, with_explanations=True)
