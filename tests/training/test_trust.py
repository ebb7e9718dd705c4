"""What a bundle knows of doubt is fitted to held-out stars, and holds for stars never seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_gui.bundles import Likeness, likeness_to_bytes
from spectra_gui.bundles.likeness import likeness_of
from spectra_gui.data.mk import N_LUMINOSITY
from spectra_gui.inference.emission import excess_aa, in_emission
from spectra_gui.inference.likeness import in_limits, look_at
from spectra_gui.training import LabelledSet
from spectra_gui.training.limits import CAUTIONED_SHARE, STRANGE_SHARE, unsure_limit
from spectra_gui.training.trust import (
    FEWEST_STARS,
    HeldOutAnswers,
    fit_likeness,
    group_types,
    held_out_answers,
    held_out_likenesses,
    is_emission,
    types_of,
    widen_likeness,
)
from tests.training.made import SPEC, made_set


@pytest.fixture(scope="module")
def stars() -> LabelledSet:
    data = made_set(1200)
    depth = data.flux[:, np.abs(SPEC.wavelength_aa - 5270.0) < 7.0].mean(1)
    return replace(data, feh=-4.0 * (depth - depth.mean()))


def answers(data: LabelledSet) -> HeldOutAnswers:
    """Networks that are right, and surer of some stars than of others."""
    n = len(data)
    return HeldOutAnswers(
        rows=np.arange(n), types=types_of(data), certainty=np.linspace(0.2, 1.0, n),
        far=np.zeros(n, bool), fold=np.arange(n) // 20 % 5,
    )  # fmt: skip


@pytest.fixture(scope="module")
def learnt(stars: LabelledSet) -> Likeness:
    found = fit_likeness(stars, answers(stars), SPEC)
    assert found is not None
    return found


def strangeness(likeness: Likeness, flux: np.ndarray, types: np.ndarray) -> np.ndarray:
    """(b,) the strangest way in units of its limit."""
    look = look_at(
        likeness, flux, np.ones(flux.shape, bool), np.full(flux.shape, np.inf), types, SPEC
    )
    return in_limits(likeness, look, types).max(axis=0)


def test_few_held_out_stars_are_strange(stars: LabelledSet) -> None:
    parts = held_out_likenesses(stars, answers(stars), SPEC)
    fold = answers(stars).fold
    strange = [strangeness(parts[k], stars.flux[fold == k], types_of(stars)[fold == k]) > 1.0
               for k in range(5)]  # fmt: skip
    assert np.concatenate(strange).mean() < 2.5 * STRANGE_SHARE


def test_what_no_star_shows_is_strange(learnt: Likeness, stars: LabelledSet) -> None:
    flux, types = stars.flux[:20].copy(), types_of(stars)[:20]
    flux -= (0.3 * np.exp(-0.5 * ((SPEC.wavelength_aa - 5600.0) / 90.0) ** 2)).astype(np.float32)
    assert (strangeness(learnt, flux, types) > 1.0).all()
    noise = 1.0 + 0.01 * np.random.default_rng(1).standard_normal(flux.shape)
    assert (strangeness(learnt, noise.astype(np.float32), types) > 1.0).all()


def test_emission_is_what_few_stars_of_a_type_have(learnt: Likeness, stars: LabelledSet) -> None:
    flux, types = stars.flux[:60].copy(), types_of(stars)[:60]
    seen, noise = np.ones(flux.shape, bool), np.full(flux.shape, 0.004)
    quiet = in_emission(learnt, excess_aa(learnt, flux, seen, noise, SPEC), types)
    glow = 2.0 * np.exp(-0.5 * ((SPEC.wavelength_aa - 4861.3) / 6.0) ** 2)
    flux += glow.astype(np.float32)
    beaming = in_emission(learnt, excess_aa(learnt, flux, seen, noise, SPEC), types)
    assert quiet.any(axis=0).mean() < 0.1
    assert beaming[1].all()


def test_metals_are_known_where_libraries_tell_them(stars: LabelledSet, learnt: Likeness) -> None:
    assert np.any(learnt.metals != 0.0)
    unknown = fit_likeness(replace(stars, feh=np.full(len(stars), np.nan)), answers(stars), SPEC)
    assert unknown is not None
    assert not np.any(unknown.metals)


def test_too_few_held_out_stars_tell_nothing() -> None:
    few = made_set(FEWEST_STARS - 1)
    assert fit_likeness(few, answers(few), SPEC) is None


def test_rare_types_share_a_group_and_giants_stand_apart_from_dwarfs() -> None:
    dwarfs = np.repeat([0, 1, 2, 3, 4, 5, 6], [5, 50, 50, 50, 50, 50, 50]) * N_LUMINOSITY + 4
    giants = np.repeat([4, 5, 6], [3, 60, 60]) * N_LUMINOSITY + 2
    groups = group_types(np.concatenate([dwarfs, giants])).reshape(7, N_LUMINOSITY)
    assert groups[0, 4] == groups[1, 4] != groups[2, 4]
    assert groups[5, 2] != groups[5, 4]
    assert groups[4, 2] == groups[5, 2] != groups[6, 2]
    assert sorted(set(groups.ravel().tolist())) == list(range(groups.max() + 1))


def test_doubt_cautions_as_many_as_are_allowed() -> None:
    certainty = np.linspace(0.0, 0.39, 1000)
    cautioned = np.arange(1000) >= 990
    limit = unsure_limit(certainty, cautioned)
    share = ((certainty < limit) | cautioned).mean()
    assert share == pytest.approx(CAUTIONED_SHARE, abs=0.002)
    assert unsure_limit(certainty, np.ones(1000, bool)) == 0.0


def test_out_of_fold_outputs_become_answers() -> None:
    logits = np.zeros((3, 2, 420), np.float32)
    g2v, b2v = 42 * 6 + 4, 12 * 6 + 4
    logits[:, :, g2v] = 8.0
    logits[0, 1, b2v] = 30.0
    found = held_out_answers(np.arange(2), np.zeros(2, int), logits, np.ones(3), _mean(logits))
    assert found.types.tolist() == [4 * 6 + 4] * 2
    assert found.far.tolist() == [False, True]
    assert found.certainty[1] < found.certainty[0]


def _mean(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(axis=2, keepdims=True))
    mean: np.ndarray = (raised / raised.sum(axis=2, keepdims=True)).mean(axis=0)
    return mean


def test_the_stars_of_a_later_run_are_not_strange_to_its_bundle(
    learnt: Likeness, stars: LabelledSet
) -> None:
    odd = stars.flux - 0.1 * np.exp(-0.5 * ((SPEC.wavelength_aa - 5600.0) / 90.0) ** 2)
    new = replace(stars, flux=odd.astype(np.float32))
    before = strangeness(learnt, new.flux, types_of(new)) > 1.0
    widened = widen_likeness(learnt, new, answers(new), SPEC)
    after = strangeness(widened, new.flux, types_of(new)) > 1.0
    assert before.mean() > 0.5
    assert after.mean() < 0.2


def test_it_comes_back_from_disk_as_it_was(learnt: Likeness) -> None:
    from safetensors.numpy import load

    tables = load(likeness_to_bytes(learnt))
    again = likeness_of(tables, SPEC.n_pixels)
    np.testing.assert_array_equal(again.components, learnt.components)
    np.testing.assert_allclose(again.limits, learnt.limits, rtol=1e-6)
    assert again.unsure == learnt.unsure
    with pytest.raises(ValueError, match="limits"):
        likeness_of({**tables, "limits": np.full_like(tables["limits"], np.nan)}, SPEC.n_pixels)


@pytest.mark.parametrize(
    ("label", "told"), [("B2Ve", True), ("M5.5Ve", True), ("G3Ib-IICNe", False), ("G2 V", False)]
)
def test_labels_tell_of_emission(label: str, told: bool) -> None:
    assert is_emission(label) is told


@pytest.mark.parametrize("column", [0, 4])
def test_where_no_star_is_luminous_or_none_is_not_all_share_their_groups(column: int) -> None:
    types = np.repeat(np.arange(1, 6) * 6 + column, 50)
    groups = group_types(types)
    assert sorted(set(groups.tolist())) == sorted(set(groups[types].tolist()))
    assert groups.min() == 0
