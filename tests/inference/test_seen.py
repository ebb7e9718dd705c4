"""A star that a bundle learnt from is known by its name, its place, or the very spectrum."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.data import Spectrum
from spectra_gui.data.opinion import Neighbour, Seen
from spectra_gui.inference.seen import TrainingStars, same_spectrum
from tests.engine.tiny_bundle import write_tiny_bundle
from tests.inference.made_neighbours import made_neighbours


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    whole = load_bundle(write_tiny_bundle(tmp_path_factory.mktemp("b") / "tiny"))
    return replace(whole, training={"stars": ["HD95735", "BD+04_4551"]})


@pytest.fixture(scope="module")
def placed(bundle: Bundle) -> Bundle:
    stars = made_neighbours(np.eye(3), [(62, 4, "M2V")] * 3)
    stars = replace(
        stars,
        stars=("HD95735", "HD2", "HD3"),
        aliases=(("HIP 54035", "Gl 411"), (), ()),
        ra_deg=np.array([165.834, np.nan, 359.9999]),
        dec_deg=np.array([35.970, np.nan, -80.0]),
    )
    return replace(bundle, neighbours=stars)


def spectrum(name: str = "", **meta: Any) -> Spectrum:
    return Spectrum(np.array([4000.0, 4001.0]), np.ones(2), name=name, meta=meta)


@pytest.mark.parametrize("name", ["HD 95735", "hd-95735", "HD095735", "BD+044551"])
def test_a_bundle_without_features_knows_its_stars_by_name(bundle: Bundle, name: str) -> None:
    found = TrainingStars(bundle).seen(spectrum(name))
    assert found is not None
    assert found.by == "name"
    assert found.star in found.note


@pytest.mark.parametrize("name", ["", "HD 95736", "M1", "Vega"])
def test_other_stars_are_not_seen(placed: Bundle, name: str) -> None:
    assert TrainingStars(placed).seen(spectrum(name)) is None


@pytest.mark.parametrize("name", ["Gl 411", "GJ 411", "HIP54035"])
def test_aliases_that_the_bundle_knows_count(placed: Bundle, name: str) -> None:
    found = TrainingStars(placed).seen(spectrum(name))
    assert found is not None
    assert found.star == "HD 95735"


def test_a_position_within_some_arcseconds_is_the_star(placed: Bundle) -> None:
    stars = TrainingStars(placed)
    near = stars.seen(spectrum("field 7", ra_deg=165.834, dec_deg=35.970 + 3 / 3600))
    assert near is not None
    assert (near.star, near.by) == ("HD 95735", "position")
    assert stars.seen(spectrum("field 7", ra_deg=165.834, dec_deg=35.970 + 9 / 3600)) is None


def test_right_ascension_goes_round(placed: Bundle) -> None:
    found = TrainingStars(placed).seen(spectrum(ra_deg=0.0001, dec_deg=-80.0))
    assert found is not None
    assert found.star == "HD 3"


@pytest.mark.parametrize("place", [("x", 1.0), (None, None), (np.nan, 3.0), (10.0, None)])
def test_what_is_no_position_is_none(placed: Bundle, place: tuple[Any, Any]) -> None:
    assert TrainingStars(placed).seen(spectrum(ra_deg=place[0], dec_deg=place[1])) is None


def test_a_spectrum_as_good_as_the_same_is_the_same() -> None:
    assert same_spectrum([Neighbour("HD 2", "M2V", 0.01)]) == Seen("HD 2", "spectrum")
    assert same_spectrum([Neighbour("HD 2", "M2V", 0.3)]) is None
    assert same_spectrum([]) is None
