"""The table of training stars: whose they are, where they stand, and what their types are worth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from safetensors.numpy import load

from spectra_gui.bundles import (
    Neighbours,
    default_bundle_path,
    load_bundle,
    neighbours_to_bytes,
)
from spectra_gui.bundles.neighbours import NEIGHBOURS, neighbours_of
from spectra_gui.data import Spectrum
from spectra_gui.data.labels import label_grid
from spectra_gui.data.opinion import Seen
from spectra_gui.inference.seen import TrainingStars
from spectra_gui.training.neighbours import (
    FEWEST_STARS,
    StarFacts,
    account,
    make_neighbours,
    star_facts,
)
from spectra_gui.training.stored import add_neighbours
from tests.training.made import SPEC, made_set

DATA = made_set(60, spectra_a_star=2)


@pytest.fixture(scope="module")
def table() -> Neighbours:
    made = make_neighbours(DATA, {"table:00003": StarFacts(("HIP 7",), 10.0, -5.0)})
    assert made is not None
    return made


def test_every_spectrum_stands_in_the_table_with_its_star_and_catalogue_type(
    table: Neighbours,
) -> None:
    assert table.stars == tuple(DATA.star.tolist())
    assert table.labels == tuple(DATA.label.tolist())
    assert table.aliases[3] == ("HIP 7",)
    assert (table.ra_deg[3], table.dec_deg[3]) == (10.0, -5.0)
    assert np.isnan(table.ra_deg[4])


def test_what_is_written_is_read_back(table: Neighbours) -> None:
    back = neighbours_of(load(neighbours_to_bytes(table)), SPEC.n_pixels)
    assert back.stars == table.stars
    assert back.aliases == table.aliases
    assert np.array_equal(back.features, table.features)
    assert back.far == table.far
    with pytest.raises(ValueError, match="mean of the training stars"):
        neighbours_of(load(neighbours_to_bytes(table)), SPEC.n_pixels + 1)


def test_a_table_with_a_number_that_is_none_is_not_taken(table: Neighbours) -> None:
    features = table.features.copy()
    features[5, 1] = np.nan
    raw = load(neighbours_to_bytes(replace(table, features=features)))
    with pytest.raises(ValueError, match="features of the training stars"):
        neighbours_of(raw, SPEC.n_pixels)


def test_the_table_holds_a_summary_and_no_spectrum(table: Neighbours) -> None:
    assert table.features.shape[1] <= 60
    assert table.features.shape[1] * 4 < SPEC.n_pixels


def test_two_stars_of_one_type_lie_about_one_apart(table: Neighbours) -> None:
    weight = table.variances**-0.25 / table.unit
    scaled = table.features * weight
    same = (DATA.label == DATA.label[0]) & (DATA.system != DATA.system[0])
    apart = np.sqrt(((scaled[same] - scaled[0]) ** 2).sum(1))
    assert 0.5 < np.median(apart) < 2.0


def test_the_account_is_of_other_systems_stars_and_counts_false_alarms(table: Neighbours) -> None:
    truth = label_grid(DATA.code, DATA.luminosity).reshape(len(DATA), -1)
    told = account(table, DATA, DATA.ids, truth)
    assert told["joint"] > 0.9
    assert told["flagged_of_right"] <= 0.1
    assert "flagged_of_wrong" not in told  # the truth is never wrong


def test_stars_of_a_base_stay_and_the_new_ones_follow(table: Neighbours) -> None:
    more = make_neighbours(made_set(4), {}, table)
    assert more is not None
    assert len(more) == len(table) + 4
    assert np.array_equal(more.components, table.components)
    assert more.unit == table.unit


def test_few_stars_make_no_table() -> None:
    assert make_neighbours(made_set(FEWEST_STARS - 1), {}) is None


def test_aliases_and_positions_come_from_the_library(tmp_path: Path) -> None:
    columns = {
        "name": ["HD 100006", "HD 1"],
        "hip": ["56146", ""],
        "ra": ["11:30:29.03", ""],
        "dec": ["-00:30:36.0", "none"],
    }
    table = fits.BinTableHDU.from_columns(
        [fits.Column(name, "12A", array=np.array(values)) for name, values in columns.items()]
    )
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(tmp_path / "cflib.fits.gz")
    facts = star_facts(["cflib"], tmp_path)
    assert facts["cflib:0000"].aliases == ("HD 100006", "HIP 56146")
    assert facts["cflib:0000"].ra_deg == pytest.approx(172.62096, abs=1e-4)
    assert facts["cflib:0000"].dec_deg == pytest.approx(-0.51)
    assert np.isnan(facts["cflib:0001"].dec_deg)


def test_a_finished_bundle_gets_the_table_of_the_libraries_it_names(
    shared_data: Path, tmp_path: Path
) -> None:
    old = default_bundle_path()
    added = load_bundle(add_neighbours(old, tmp_path / "with", shared_data))
    assert added.neighbours is not None
    assert set(added.neighbours.stars) == set(added.training["stars"])
    assert (added.path / NEIGHBOURS).stat().st_size < 2e6
    stars = TrainingStars(added)
    pixels = np.array([4000.0, 4001.0])
    found = stars.seen(Spectrum(pixels, np.ones(2), name="HIP 56146"))
    assert found is not None
    assert found.star == "HD 100006"
    there = {"ra_deg": 172.6211, "dec_deg": 18.4098}
    assert stars.seen(Spectrum(pixels, np.ones(2), name="7", meta=there)) == Seen(
        "HD 100006", "position"
    )
