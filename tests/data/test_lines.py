"""The line list names what a spectroscopist expects where they expect it, in both media."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from spectra_gui import assets
from spectra_gui.bundles import load_bundle
from spectra_gui.data.lines import LINES, lines_between, nearest_line
from spectra_gui.data.minor_lines import MINOR_LINES

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


@pytest.fixture(scope="module")
def m_star() -> Curve:
    """Wavelength in air (Å) and normalised flux: the mean of the bundled means of M3 and later."""
    folder = assets.models_folder() / "mk-ensemble-2"
    bundle = load_bundle(folder)
    chosen = bundle.templates.codes >= 63.0
    return bundle.preparation.wavelength_aa, bundle.templates.flux[chosen].mean(axis=0)


def named(name: str) -> float:
    return next(line.vacuum_aa for line in LINES if line.name == name)


@pytest.mark.parametrize(
    ("name", "nist_vacuum_aa"),
    [
        ("Hα", 6564.61),
        ("Hβ", 4862.69),
        ("Hδ", 4102.90),
        ("Ca II K", 3934.77),
        ("Ca II H", 3969.59),
        ("Ca II 8542", 8544.44),
        ("Na D 5890", 5891.58),
        ("Na D 5896", 5897.56),
        ("Mg b 5184", 5185.05),
        ("He I 4471", 4472.73),
        ("He I 5876", 5877.25),
        ("He I 6678", 6680.00),
        ("He II 4686", 4687.02),
        ("Ca I 4227", 4227.92),
        ("Ca II 8498", 8500.36),
        ("Ca II 8662", 8664.52),
        ("Sr II 4077", 4078.86),
        ("Fe I 5270", 5271.00),
        ("Si II 6347", 6348.86),
        ("Na I 8183", 8185.51),
        ("K I 7699", 7701.08),
    ],
)
def test_vacuum_wavelengths_are_those_of_nist(name: str, nist_vacuum_aa: float) -> None:
    assert named(name) == pytest.approx(nist_vacuum_aa, abs=0.02)


def test_vacuum_and_air_agree_by_two_other_formulae() -> None:
    """Edlén 1953 (the IAU's of 1957), and the inverse of Ciddor's type that VALD uses."""
    air = np.array([line.air_aa for line in LINES])
    vacuum = np.array([line.vacuum_aa for line in LINES])
    squared = (1e4 / vacuum) ** 2
    edlen = 1 + 6.4328e-5 + 2.94981e-2 / (146 - squared) + 2.554e-4 / (41 - squared)
    assert vacuum / edlen == pytest.approx(air, abs=0.001)
    squared = (1e4 / air) ** 2
    vald = 1 + 8.336624212083e-5
    vald = vald + 2.408926869968e-2 / (130.1065924522 - squared)
    vald = vald + 1.599740894897e-4 / (38.92568793293 - squared)
    assert air * vald == pytest.approx(vacuum, abs=0.001)


@pytest.mark.parametrize(
    ("name", "components"),
    [
        ("C III 4070", ((4067.94, 0.720), (4068.92, 0.838), (4070.26, 0.952))),
        ("O I 7774", ((7771.94, 0.369), (7774.17, 0.223), (7775.39, 0.002))),
        ("Mg II 4481", ((4481.13, 0.749), (4481.15, -0.553), (4481.33, 0.594))),
    ],
)
def test_an_unresolved_multiplet_stands_at_its_weighted_mean(
    name: str, components: tuple[tuple[float, float], ...]
) -> None:
    """Components with their log g f (NIST ASD)."""
    at, log_gf = np.array(components).T
    wanted = float(np.average(at, weights=10**log_gf))
    assert next(line.air_aa for line in LINES if line.name == name) == pytest.approx(
        wanted, abs=0.1
    )


def test_band_heads_stand_where_the_flux_of_m_stars_falls(m_star: Curve) -> None:
    """The steepest fall (or rise, for bands that fade to the violet) of the mean M star."""
    wavelength_aa, flux = m_star
    slope = np.gradient(flux, wavelength_aa)
    for name in ("TiO 4761", "TiO 4954", "TiO 5167", "TiO 5448", "TiO 5847", "TiO 6159",
                 "TiO 6651", "CaH 6382", "CaH 6830", "MgH 5211"):  # fmt: skip
        line = next(line for line in LINES if line.name == name)
        low, high = line.extent_air_aa
        edge, sign = (high, 1.0) if line.air_aa == high else (low, -1.0)
        near = np.abs(wavelength_aa - edge) < 12.0
        steepest = wavelength_aa[near][np.argmax(sign * slope[near])]
        assert steepest == pytest.approx(edge, abs=4.0), name


def test_names_are_unique_and_every_entry_has_a_source_and_lies_in_its_extent() -> None:
    assert len({line.name for line in LINES}) == len(LINES)
    for line in LINES:
        low, high = line.extent_air_aa
        assert low <= line.air_aa <= high
        assert line.source
        assert line.rank in (1, 2, 3, 4)
        assert (line.width_aa == 0) == (line.kind == "line")
    assert np.all(np.diff([line.air_aa for line in LINES]) > 0)


def test_a_name_keeps_its_wavelength_and_a_label_drops_it() -> None:
    labels = {line.name: line.label for line in LINES}
    assert labels["Fe I 4383"] == "Fe I"
    assert labels["Hβ"] == "Hβ"
    assert labels["Ca II K"] == "Ca II K"
    assert labels["CH G band"] == "CH G band"


def test_between_two_wavelengths_bands_that_only_reach_in_are_named_too() -> None:
    minor = {name for name, _, _ in MINOR_LINES}
    found = [line.name for line in lines_between(5200.0, 5290.0, "air")]
    strong = [name for name in found if name not in minor]
    assert strong == ["TiO 5167", "Cr I 5206", "MgH 5211", "Fe I 5227", "Fe I 5270"]
    assert "Fe I 5216" in found
    assert lines_between(2000.0, 3000.0, "air") == ()


@pytest.mark.parametrize(
    ("wavelength_aa", "expected"),
    [
        (4862.0, "Hβ"),
        (4305.0, "CH G band"),
        (5175.0, "Mg b 5173"),
        (5200.0, "MgH 5211"),
        (6200.0, "TiO 6159"),
        (6880.0, "telluric O₂ B"),
        (6900.0, "telluric O₂ B"),
    ],
)
def test_what_lies_at_a_wavelength(wavelength_aa: float, expected: str) -> None:
    line = nearest_line(wavelength_aa, "air", 4.0)
    assert line is not None
    assert line.name == expected


def test_far_from_every_line_there_is_none() -> None:
    assert nearest_line(6000.0, "air", 5.0) is None
    assert nearest_line(float("nan"), "air", 5.0) is None


def test_the_same_line_is_found_at_its_vacuum_wavelength() -> None:
    for line in LINES:
        if line.kind == "line":
            assert nearest_line(line.air_aa, "air", 0.01) == line
            assert nearest_line(line.vacuum_aa, "vacuum", 0.01) == line


def test_lines_say_in_which_classes_they_are_seen() -> None:
    seen = {line.name: line.letters for line in LINES}
    assert seen["Hβ"] == "OBAFGKM"
    assert seen["He II 4686"] == "O"
    assert seen["He I 4471"] == "OB"
    assert seen["TiO 7054"] == "KM"
    assert seen["Fe I 4272"] == "FGKM"
    assert seen["Fe I 4383"] == "AFGKM"
    assert seen["Fe II 5317"] == "AFG"
    assert seen["Fe II 4924"] == "AFG"
    assert seen["telluric O₂ B"] == "OBAFGKM"


def test_no_minor_line_takes_the_place_of_a_band_where_the_band_is_seen() -> None:
    bands = [line for line in LINES if line.kind == "band"]
    for name, air_aa, letters in MINOR_LINES:
        over = [b for b in bands if b.extent_air_aa[0] < air_aa < b.extent_air_aa[1]]
        for band in over:
            assert not set(letters) & set(band.letters), (name, band.name)


@pytest.mark.parametrize(
    ("name", "laboratory_aa"),
    [
        ("Fe I 3860", 3859.9114),
        ("Fe I 3906", 3906.4794),
        ("Fe I 3923", 3922.9115),
        ("Fe I 4462", 4461.6521),
        ("Fe I 4467", 4466.5508),
        ("Fe I 4920", 4920.5018),
        ("Fe I 5083", 5083.3377),
        ("Fe I 5233", 5232.9394),
        ("Fe I 5283", 5283.6206),
        ("Fe I 5302", 5302.2989),
        ("Fe I 5324", 5324.1782),
        ("Fe I 5341", 5341.0233),
        ("Fe I 5424", 5424.0686),
        ("Fe I 5587", 5586.7553),
        ("Fe I 6253", 6252.5537),
    ],
)
def test_minor_lines_of_iron_stand_where_an_iron_argon_lamp_has_them(
    name: str, laboratory_aa: float
) -> None:
    """IRAF's list for comparison spectra, fear.dat by D. Willmarth: not what the table is from."""
    air_aa = next(line.air_aa for line in LINES if line.name == name)
    assert air_aa == pytest.approx(laboratory_aa, abs=0.02)


def test_minor_lines_show_in_half_of_the_class_means_of_their_classes() -> None:
    """As a minimum, or as a shoulder where curvature peaks, within 1.5 Å and half a pixel."""
    bundle = load_bundle(assets.models_folder() / "mk-ensemble-2")
    wavelength_aa, means = bundle.preparation.wavelength_aa, bundle.templates.flux
    left, middle, right = means[:, :-2], means[:, 1:-1], means[:, 2:]
    curvature = np.pad(left - 2 * middle + right, ((0, 0), (1, 1)))
    peaked = (curvature[:, 1:-1] > curvature[:, :-2]) & (curvature[:, 1:-1] >= curvature[:, 2:])
    lowest = (middle < left) & (middle <= right)
    shows = lowest | (peaked & (curvature[:, 1:-1] > 0.002))
    for name, air_aa, letters in MINOR_LINES:
        near = np.abs(wavelength_aa[1:-1] - air_aa) <= 1.5 + bundle.preparation.step_aa / 2
        for letter in letters:
            at = "OBAFGKM".index(letter) * 10
            chosen = (bundle.templates.codes >= at) & (bundle.templates.codes < at + 10)
            assert shows[chosen][:, near].any(axis=1).mean() >= 0.5, (name, letter)


@pytest.mark.parametrize(
    ("wavelength_aa", "letter", "name"),
    [
        (5316.2, "A", "Fe II 5317"),
        (4646.2, "K", "Cr I 4646"),
        (6255.0, "K", "Fe I 6254"),
        (5896.2, "B", "Na D 5896"),
        (4713.8, "K", "Ni I 4714"),
    ],
)
def test_features_that_a_network_looks_at_have_a_name(
    wavelength_aa: float, letter: str, name: str
) -> None:
    line = nearest_line(wavelength_aa, "air", 3.0, letters=letter)
    assert line is not None
    assert line.name == name


def test_a_line_that_a_class_does_not_show_is_not_named_for_it() -> None:
    hot = nearest_line(4088.9, "air", 4.0, letters="O")
    assert hot is not None
    assert hot.name.startswith("Si IV")
    cool = nearest_line(4088.9, "air", 4.0, letters="K")
    assert cool is None or not cool.name.startswith("Si IV")


def test_a_place_in_the_wing_of_a_balmer_line_is_that_line_in_stars_where_it_is_broad() -> None:
    hot = nearest_line(4344.5, "air", 3.0, letters="A")
    assert hot is not None
    assert hot.name == "Hγ"
    cool = nearest_line(4344.5, "air", 3.0, letters="K")
    assert cool is None or cool.name != "Hγ"
    assert nearest_line(4300.0, "air", 3.0, letters="B") is None
