"""Template matching answers the class mean that fits best, a little beside its place too."""

from __future__ import annotations

import numpy as np

from spectra_gui.evaluation.matching import match
from spectra_gui.evaluation.rows import Labels


def made() -> tuple[np.ndarray, Labels]:
    """Three stars each of G2 V, G8 V and K0 III, with lines at different places."""
    rng = np.random.default_rng(0)
    x = np.arange(200)
    code = np.repeat([42.0, 48.0, 50.0], 3)
    place = np.repeat([50.0, 100.0, 150.0], 3)
    flux = 1 - 0.4 * np.exp(-0.5 * ((x - place[:, None]) / 3) ** 2)
    luminosity = np.eye(6)[np.repeat([4, 4, 2], 3)]
    labels = Labels(code, luminosity, np.array([f"s{i}" for i in range(9)]))
    return flux + rng.normal(0, 0.005, flux.shape), labels


def test_the_best_template_gives_letter_class_and_temperature() -> None:
    flux, labels = made()
    log_types, code = match(flux, labels, flux)
    np.testing.assert_array_equal(log_types.argmax(1), labels.cell)
    np.testing.assert_array_equal(code, labels.code)


def test_a_star_moved_by_two_pixels_is_found_and_by_twenty_not() -> None:
    flux, labels = made()
    scores, code = match(flux, labels, np.roll(flux, 2, axis=1))
    np.testing.assert_array_equal(code, labels.code)
    far, _ = match(flux, labels, np.roll(flux, 20, axis=1))
    assert far.max(1).mean() < scores.max(1).mean() - 10


def test_a_letter_and_class_without_stars_is_never_answered() -> None:
    flux, labels = made()
    log_types, _ = match(flux, labels, flux)
    absent = np.setdiff1d(np.arange(42), labels.cell)
    assert log_types[:, absent].max() < log_types[:, labels.cell].min()
