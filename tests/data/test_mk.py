"""The MK grid and the parser of catalogue strings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectra_gui.data import LETTERS, LUMINOSITY_NAMES, MKParseError, parse_mk
from spectra_gui.data.mk import format_code, letter_index, subtype_name, used_subtypes

FULL = [
    ("G2V", "G2 V", 42.0, (5,)),
    ("G2 V", "G2 V", 42.0, (5,)),
    ("  G2   V ", "G2 V", 42.0, (5,)),
    ("sdM3", "M3 VI", 63.0, (6,)),
    ("esdM4", "M4 VI", 64.0, (6,)),
    ("usdM5", "M5 VI", 65.0, (6,)),
    ("sdF8", "F8 VI", 38.0, (6,)),
    ("dK5", "K5 V", 55.0, (5,)),
    ("gM2", "M2 III", 62.0, (3,)),
    ("g K2", "K2 III", 52.0, (3,)),
    ("sgK0", "K0 IV", 50.0, (4,)),
    ("cF5", "F5 I", 35.0, (1,)),
    ("K0III-IV", "K0 III-IV", 50.0, (3, 4)),
    ("G8 II/III", "G8 II-III", 48.0, (2, 3)),
    ("K0III–IV", "K0 III-IV", 50.0, (3, 4)),
    ("A2 Ib/II", "A2 I-II", 22.0, (1, 2)),
    ("B2.5Ve", "B2.5 V", 12.5, (5,)),
    ("B3 V(e)", "B3 V", 13.0, (5,)),
    ("M3 Iab:", "M3 I", 63.0, (1,)),
    ("M4.5:III", "M4.5 III", 64.5, (3,)),
    ("K1:IV-V:", "K1 IV-V", 51.0, (4, 5)),
    ("F8/G0V", "F9 V", 39.0, (5,)),
    ("F8-G0 V", "F9 V", 39.0, (5,)),
    ("A2/3V", "A2.5 V", 22.5, (5,)),
    ("M3-4III", "M3.5 III", 63.5, (3,)),
    ("kA2hA5mA7 V", "A5 V", 25.0, (5,)),
    ("kA2.5hF0VmF2", "F0 V", 30.0, (5,)),
    ("kF0hF2mF3 III", "F2 III", 32.0, (3,)),
    ("hF0mA2V", "F0 V", 30.0, (5,)),
    ("07Ia", "O7 I", 7.0, (1,)),
    ("08 Ib", "O8 I", 8.0, (1,)),
    ("O9.7Iab", "O9.7 I", 9.7, (1,)),
    ("O4((f))V", "O4 V", 4.0, (5,)),
    ("O5If+", "O5 I", 5.0, (1,)),
    ("B0Ia-0", "B0 I", 10.0, (1,)),
    ("A0Ia+", "A0 I", 20.0, (1,)),
    ("K0+ V", "K0 V", 50.0, (5,)),
    ("K3- III", "K3 III", 53.0, (3,)),
    ("K2III CN+1", "K2 III", 52.0, (3,)),
    ("G0 V Fe-1", "G0 V", 40.0, (5,)),
    ("A0 IV-Vn", "A0 IV-V", 20.0, (4, 5)),
    ("M2 IIIe var", "M2 III", 62.0, (3,)),
    ("F5 VI", "F5 VI", 35.0, (6,)),
]


@pytest.mark.parametrize(("text", "shown", "code", "luminosity"), FULL)
def test_a_full_type_of_any_habit(
    text: str, shown: str, code: float, luminosity: tuple[int, ...]
) -> None:
    mk = parse_mk(text)
    assert (str(mk), mk.code, mk.luminosity) == (shown, code, luminosity)
    assert mk.is_full
    assert not mk.composite


@pytest.mark.parametrize(
    ("text", "letter", "subtype"),
    [("B5", "B", 5.0), ("A0p", "A", 0.0), ("A3m", "A", 3.0), ("A1mA5-A9", "A", 1.0),
     ("kA2hA5mA7", "A", 5.0), ("B8pSi", "B", 8.0), ("M7.5", "M", 7.5), ("G", "G", None),
     ("Am", "A", None), ("K V", "K", None), ("M10", "M", None)],
)  # fmt: skip
def test_what_lacks_a_class_or_a_subtype_is_not_full(
    text: str, letter: str, subtype: float | None
) -> None:
    mk = parse_mk(text)
    assert (mk.letter, mk.subtype) == (letter, subtype)
    assert not mk.is_full


@pytest.mark.parametrize(
    ("text", "first"),
    [("G6 IV + M6 V", "G6 IV"), ("K0 III+A2", "K0 III"), ("G8III-IV+...", "G8 III-IV"),
     ("K1V comp", "K1 V"), ("G5 III & A2 V", "G5 III"), ("M2 III+WD", "M2 III")],
)  # fmt: skip
def test_of_a_composite_the_first_star_is_named_and_it_is_no_label(text: str, first: str) -> None:
    mk = parse_mk(text)
    assert mk.composite
    assert str(mk) == first
    assert not mk.is_full


@pytest.mark.parametrize(
    "text",
    ["", "   ", "GB", "AGB", "HB", "R...", "S?", "M2S?", "L2", "T5", "DA2", "C5,4", "WN5", "WC9",
     "sdO", "sdB1", "Ia", "VI", "star", "QSO", "2.5", "B5 HB", "A0(HB)", "???"],
)  # fmt: skip
def test_what_is_no_mk_type_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(MKParseError) as caught:
        parse_mk(text)
    assert "empty" in str(caught.value) or text in str(caught.value)


def test_a_range_keeps_its_ends_and_counts_as_the_fainter_class() -> None:
    mk = parse_mk("F8/G0 IV-V")
    assert mk.subtype_range == (38.0, 40.0)
    assert mk.class_index == 4
    assert parse_mk("G5").class_index is None


def test_peculiarity_is_kept_as_written() -> None:
    assert parse_mk("G0 V Fe-1").peculiarity == "Fe-1"
    assert parse_mk("B2.5Ve").peculiarity == "e"
    assert parse_mk("G2 V").peculiarity == ""


@given(
    st.sampled_from(LETTERS), st.integers(0, 95), st.sampled_from(LUMINOSITY_NAMES), st.booleans()
)
def test_every_plain_type_reads_back(letter: str, tenths: int, name: str, blank: bool) -> None:
    subtype = tenths / 10
    text = f"{letter}{subtype:g}{' ' if blank else ''}{name}"
    mk = parse_mk(text)
    assert mk.code == pytest.approx(10 * letter_index(letter) + subtype)
    assert mk.luminosity == (LUMINOSITY_NAMES.index(name) + 1,)
    assert str(parse_mk(str(mk))) == str(mk)


@given(st.text(max_size=20))
def test_no_text_does_more_than_refuse(text: str) -> None:
    try:
        mk = parse_mk(text)
    except MKParseError:
        return
    assert mk.letter in LETTERS


@pytest.mark.parametrize(
    ("code", "text"),
    [(0.0, "O0"), (9.5, "O9.5"), (9.8, "B0"), (42.0, "G2"), (42.3, "G2.5"), (69.9, "M9.5")],
)
def test_codes_are_written_in_half_subtypes(code: float, text: str) -> None:
    assert format_code(code) == text


def test_the_grid_has_seventy_rows_of_which_four_are_unused() -> None:
    used = used_subtypes()
    assert used.shape == (70,)
    assert [subtype_name(row) for row in np.flatnonzero(~used)] == ["O0", "O1", "K8", "K9"]
    assert subtype_name(42) == "G2"


def test_the_labels_of_the_libraries(shared_data: Path) -> None:
    from astropy.io import fits

    with fits.open(shared_data / "stellar" / "miles.fits.gz") as hdus:
        labels = [str(label) for label in hdus["SPECTRA"].data["label"]]
    full = 0
    for label in labels:
        try:
            full += parse_mk(label).is_full
        except MKParseError:
            continue
    assert 700 < full < 750
