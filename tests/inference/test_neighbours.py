"""A second opinion names what a spectrum is most like, and says where that is another type."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_gui.bundles import Bundle, load_bundle
from spectra_gui.data import PreparationSpec, Templates
from spectra_gui.inference.neighbours import Opinions, features
from tests.engine.tiny_bundle import write_tiny_bundle
from tests.inference.made_neighbours import N_PIXELS, everywhere, made_flux, made_neighbours

G, K = 4, 5
DWARF, GIANT = 4, 2
RNG = np.random.default_rng(0)
DEPTHS = np.concatenate(
    [RNG.normal((0.5, 0.2, 0.1), 0.02, (12, 3)), RNG.normal((0.1, 0.2, 0.5), 0.02, (12, 3))]
)
LABELS = [(42, DWARF, "G2V")] * 12 + [(52, GIANT, "K2III")] * 12
STARS = made_neighbours(DEPTHS, LABELS)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    whole = load_bundle(write_tiny_bundle(tmp_path_factory.mktemp("b") / "tiny"))
    means = Templates(
        ("G2 V", "K2 III"), np.array([42.0, 52.0]), np.array([DWARF, GIANT]),
        made_flux(np.array([[0.5, 0.2, 0.1], [0.1, 0.2, 0.5]])), np.array([12, 12]),
    )  # fmt: skip
    spec = PreparationSpec(start_aa=4000.0, step_aa=1.25, n_pixels=N_PIXELS)
    return replace(whole, templates=means, preparation=spec)


def ask(bundle: Bundle, stars, depth, answer, own=""):  # type: ignore[no-untyped-def]
    flux = made_flux(np.array([depth]))
    letter, luminosity = (np.array([value]) for value in answer)
    return Opinions(bundle, stars).of(flux, everywhere(flux), letter, luminosity, [own])[0]


def test_the_nearest_stars_give_their_type_and_agree(bundle: Bundle) -> None:
    found = ask(bundle, STARS, (0.5, 0.2, 0.1), (G, DWARF))
    assert found.type == "G2 V"
    assert found.agreement == pytest.approx(1.0)
    assert found.differs == ()
    assert {star.type for star in found.stars} == {"G2V"}
    assert found.templates[0].name == "G2 V"
    assert [s.distance for s in found.stars] == sorted(s.distance for s in found.stars)


@pytest.mark.parametrize(
    ("answer", "differs"),
    [((K, DWARF), ("letter",)), ((G, GIANT), ("class",)), ((K, GIANT), ("letter", "class"))],
)
def test_an_answer_that_none_of_them_has_is_told_apart(
    bundle: Bundle, answer: tuple[int, int], differs: tuple[str, ...]
) -> None:
    assert ask(bundle, STARS, (0.5, 0.2, 0.1), answer).differs == differs


def test_where_no_star_is_near_there_is_no_type_and_no_disagreement(bundle: Bundle) -> None:
    found = ask(bundle, STARS, (0.9, 0.9, 0.9), (K, GIANT))
    assert found.type == ""
    assert found.differs == ()
    assert found.stars[0].distance > STARS.far


def test_a_star_of_two_libraries_is_named_once_and_a_mean_of_stars_never(bundle: Bundle) -> None:
    names = ("HD1",) * 2 + STARS.stars[2:]
    composite = np.zeros(len(names), bool)
    composite[2] = True
    stars = replace(STARS, stars=names, composite=composite)
    found = ask(bundle, stars, tuple(DEPTHS[:3].mean(0)), (G, DWARF))
    shown = [star.name for star in found.stars]
    assert len(set(shown)) == len(shown) == 5
    own = ask(bundle, stars, tuple(DEPTHS[2]), (G, DWARF))
    assert "HD 3" not in [star.name for star in own.stars]


def test_a_spectrum_s_own_star_is_told_and_has_no_say(bundle: Bundle) -> None:
    luminosity = STARS.luminosity.copy()
    luminosity[3] = np.eye(6)[0]  # one supergiant among the dwarfs
    stars = replace(STARS, luminosity=luminosity, labels=("G2I",) * 24)
    by_itself = ask(bundle, stars, tuple(DEPTHS[3]), (G, 0))
    assert by_itself.stars[0].name == "HD 4"
    assert by_itself.agreement == pytest.approx(0.0)
    moved = tuple(DEPTHS[3] + 0.02)
    assert ask(bundle, stars, moved, (G, 0), own="HD 4").agreement == pytest.approx(0.0)
    assert ask(bundle, stars, moved, (G, 0)).agreement > 0.0


def test_stars_without_a_class_are_named_and_do_not_vote(bundle: Bundle) -> None:
    luminosity = STARS.luminosity.copy()
    luminosity[:12] = 0.0
    stars = replace(STARS, luminosity=luminosity, far=1e3)
    found = ask(bundle, stars, (0.5, 0.2, 0.1), (G, DWARF))
    assert found.stars[0].type == "G2V"
    assert found.type == "K2 III"


def test_a_gap_does_not_move_a_spectrum_far() -> None:
    flux = made_flux(np.array([[0.5, 0.2, 0.1]]))
    valid = everywhere(flux)
    whole = features(STARS, flux, valid)
    valid[:, 255:] = False  # half of the third feature
    assert np.abs(features(STARS, np.where(valid, flux, 1.0), valid) - whole).max() < 0.01


def test_mostly_missing_pixels_give_the_same_as_few_that_are_there() -> None:
    flux = made_flux(np.array([[0.5, 0.2, 0.1]]))
    valid = np.zeros(flux.shape, bool)
    valid[:, 40:80] = valid[:, 225:255] = True
    whole = features(STARS, flux, everywhere(flux))
    assert np.abs(features(STARS, flux, valid) - whole).max() < 0.15
