"""What a spectrum shows beside its type: emission, few metals, two stars; and what is masked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.data import Prepared, Spectrum, Templates
from spectra_gui.inference import Predictor, load_predictor
from spectra_gui.inference.emission import balmer_cores
from spectra_gui.inference.findings import calm, find, see, without_emission
from spectra_gui.prepare import prepare
from tests.engine.tiny_bundle import write_tiny_bundle
from tests.inference.likeness import (
    COOL,
    HOT,
    HYDROGEN,
    METALS,
    SPEC,
    WAVE,
    made_likeness,
    made_stars,
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder: Path = tmp_path_factory.mktemp("models") / "tiny"
    return replace(load_bundle(write_tiny_bundle(folder)), likeness=made_likeness())


def prepared(flux: np.ndarray) -> Prepared:
    ones = np.ones(WAVE.size, np.float32)
    return Prepared(
        flux=flux.astype(np.float32), valid=np.ones(WAVE.size, bool), continuum=ones, sigma=None,
        rv_kms=0.0, rv_err_kms=1.0, rv_origin="measured", rv_quality=9.0, snr=200.0, fwhm_aa=3.0,
        fwhm_origin="header", coverage=1.0,
    )  # fmt: skip


def beaming(flux: np.ndarray) -> np.ndarray:
    glow = np.exp(-0.5 * ((WAVE - 6562.8) / 4.0) ** 2) + 0.3 * np.exp(
        -0.5 * ((WAVE - 4861.3) / 4.0) ** 2
    )
    return np.asarray(flux + glow)


def flags_of(bundle: Bundle, flux: np.ndarray, kind: int) -> tuple[str, ...]:
    stars = [prepared(flux)]
    types = np.array([kind])
    sight, _ = without_emission(see(stars), stars, types, bundle)
    return find(sight, stars, types, bundle)[0].flags


def test_a_quiet_star_has_no_flag(bundle: Bundle) -> None:
    assert flags_of(bundle, made_stars(1, hot=True)[0], HOT) == ()


def test_emission_is_named_with_its_lines_and_makes_a_star_no_stranger(bundle: Bundle) -> None:
    stars = [prepared(beaming(made_stars(1, hot=False)[0]))]
    sight, rows = without_emission(see(stars), stars, np.array([COOL]), bundle)
    (found,) = find(sight, stars, np.array([COOL]), bundle)
    (flag,) = found.flags
    assert rows.tolist() == [0]
    assert flag.startswith("e: emission in Hα (+")
    assert "Hβ" in flag
    assert "Hγ" not in flag
    (unmasked,) = find(see(stars), stars, np.array([COOL]), bundle)
    assert found.novelty < 0.2 * unmasked.novelty


def test_the_networks_are_asked_without_the_balmer_cores(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[np.ndarray] = []
    logits = Predictor.logits

    def watch(self: Predictor, flux: np.ndarray, valid: np.ndarray) -> np.ndarray:
        asked.append(valid)
        return logits(self, flux, valid)

    monkeypatch.setattr(Predictor, "logits", watch)
    monkeypatch.setattr(
        "spectra_gui.inference.predict.most_probable", lambda g: np.full(len(g), HOT)
    )
    predictor = load_predictor(bundle, "cpu")
    flux = [made_stars(1, hot=True)[0], beaming(made_stars(1, hot=True)[0])]
    quiet, shining = predictor.judge_prepared([prepared(f) for f in flux])
    cores = balmer_cores(SPEC)[:3].any(axis=0)
    assert [valid.shape[0] for valid in asked] == [2, 1]
    assert not asked[1][0, cores].any()
    assert asked[1][0, ~cores].all()
    assert quiet.flags == ()
    assert shining.state == "refuse" or shining.flags


def test_an_explanation_is_of_what_the_networks_saw(bundle: Bundle) -> None:
    star = prepared(beaming(made_stars(1, hot=True)[0]))
    types = np.array([HOT])
    sight, _ = without_emission(see([star]), [star], types, bundle)
    (found,) = find(sight, [star], types, bundle)
    seen = calm(star, found.flags, bundle)
    np.testing.assert_array_equal(seen.valid, sight.valid[0])
    np.testing.assert_array_equal(seen.flux, sight.flux[0])
    assert not seen.valid[balmer_cores(SPEC)[0]].any()
    assert calm(star, ("metal-weak: so.",), bundle) is star


def test_a_star_of_few_metals_is_called_metal_weak(bundle: Bundle) -> None:
    assert bundle.likeness is not None
    lines = bundle.likeness.components @ METALS
    weights = np.zeros((2, 3))
    weights[1] = [*(-5.0 * lines / (lines @ lines)), -3.0]
    told = replace(bundle, likeness=replace(bundle.likeness, metals=weights))
    weak, usual = (1.0 - 0.3 * HYDROGEN - depth * METALS for depth in (0.32, 0.55))
    assert flags_of(told, weak, COOL)[0].startswith("metal-weak:")
    assert flags_of(told, usual, COOL) == ()


def test_a_hot_star_before_a_cool_one_is_suspected(bundle: Bundle) -> None:
    hot, cool = 1.0 - 0.7 * HYDROGEN, 1.0 - 0.1 * HYDROGEN - 0.5 * METALS
    templates = Templates(
        ("A0 V", "K2 III"), np.array([20.0, 52.0]), np.array([4, 2]),
        np.stack([hot, cool]).astype(np.float32), np.array([9, 9]),
    )  # fmt: skip
    told = replace(bundle, templates=templates)
    both = flags_of(told, 0.5 * hot + 0.5 * cool, COOL)
    assert both[0].startswith("composite: two stars such as A0 V and K2 III")
    assert flags_of(told, hot, HOT) == flags_of(told, cool, COOL) == ()


def test_an_older_bundle_tells_only_how_far_a_spectrum_is(bundle: Bundle) -> None:
    (found,) = find(
        see([prepared(made_stars(1, hot=True)[0])]),
        [prepared(made_stars(1, hot=True)[0])],
        np.array([HOT]),
        replace(bundle, likeness=None),
    )
    assert found.ways == () == found.flags
    assert found.novelty > 0.0


def test_a_whole_spectrum_goes_the_same_way(bundle: Bundle) -> None:
    flux = beaming(made_stars(1, hot=True)[0])
    star = Spectrum(WAVE, flux, fwhm_aa=np.full(WAVE.size, 3.0), medium="air", frame="rest")
    assert prepare(star, SPEC).valid.all()
    _, rows = without_emission(
        see([prepare(star, SPEC)]), [prepare(star, SPEC)], np.array([HOT]), bundle
    )
    assert rows.tolist() == [0]
