"""One star, written as its catalogues and people write it, is one star; others are others."""

from __future__ import annotations

import pytest

from spectra_gui.data.identifiers import display_name, star_key, star_keys


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("HD 012345", "hd_12345"),
        ("HD 95735", "hd-95735"),
        ("HD095735", "HDE 95735"),
        ("BD+01_2916", "BD+01 2916"),
        ("BD+01_2916", "BD +1°2916"),
        ("BD+01_2916", "BD+012916"),
        ("BD-00 123", "bd-00_0123"),
        ("CD-38 245", "CD-38d245"),
        ("Gl 411", "GJ411"),
        ("Gliese 411", "gj 411"),
        ("HIP 00054035", "HIP54035"),
        ("Gaia DR3 762815470562110464", "gaia_dr3_762815470562110464"),
        ("* alf Lyr", "alf Lyr"),
        ("G 2", "g2"),
    ],
)
def test_one_star_written_in_two_ways_is_one_star(first: str, second: str) -> None:
    assert star_key(first) == star_key(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("HD 1020", "HD 12"),
        ("HD 95735", "HIP 95735"),
        ("BD+04 4551", "BD+44 551"),
        ("BD+00 123", "BD-00 123"),
        ("BD-04 123", "CD-04 123"),
        ("GJ 65A", "GJ 65B"),
        ("Gaia DR2 762815470562110464", "Gaia DR3 762815470562110464"),
    ],
)
def test_different_numbers_are_different_stars(first: str, second: str) -> None:
    assert star_key(first) != star_key(second)


@pytest.mark.parametrize(
    "text", ["hd95735_2020-01.fits", "HD95735-blue", "spec_hd95735", "HD 95735 (M2V), 300 s"]
)
def test_a_catalogue_number_is_found_within_other_words(text: str) -> None:
    assert star_key("HD 95735") in star_keys(text)


@pytest.mark.parametrize("text", ["hd957351.fits", "HD95735b", "xhd95735", "95735", ""])
def test_what_only_looks_like_the_number_is_not_it(text: str) -> None:
    assert star_key("HD 95735") not in star_keys(text)


@pytest.mark.parametrize(
    "text",
    ["Thuban", "alf Dra", "alpha Dra", "* alf Dra", "α Dra", "NAME Thuban", "thuban_2023.fits",
     "alf_dra_20230809", "alfDra"],
)  # fmt: skip
def test_bright_stars_are_known_by_their_names(text: str) -> None:
    assert "hd123299" in star_keys(text)


@pytest.mark.parametrize("text", ["ran 3", "polar", "bet 7", "alpha", "alf Dor", "spicarum"])
def test_other_words_are_no_bright_stars(text: str) -> None:
    assert not any(key.startswith("hd") for key in star_keys(text))


def test_no_text_names_no_star() -> None:
    assert star_keys("  ") == ()


@pytest.mark.parametrize(
    ("star", "shown"),
    [("HD31128", "HD 31128"), ("BD+04_4551", "BD+04 4551"), ("NGP29129", "NGP29129")],
)
def test_a_library_key_is_shown_as_a_name(star: str, shown: str) -> None:
    assert display_name(star) == shown
