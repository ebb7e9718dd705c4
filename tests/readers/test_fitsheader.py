"""Our header cards against astropy's, card by card."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.fits.card import Undefined
from astropy.io.fits.verify import VerifyError

from spectra_gui.readers.fitsheader import Header
from spectra_gui.readers.probe import Probe


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, Undefined) or theirs is None or theirs == "":
        return ours in (None, "")
    if isinstance(theirs, float) and isinstance(ours, int | float):
        return math.isclose(ours, theirs, rel_tol=1e-15) or (ours != ours and theirs != theirs)
    if isinstance(theirs, str):
        return str(ours).rstrip() == theirs.rstrip()
    return bool(ours == theirs)


def test_cards_of_every_kind() -> None:
    made = fits.Header()
    made["NUMBER"] = 42
    made["REAL"] = 1.5e-7
    made["YES"] = True
    made["QUOTE"] = "O'Neill / Smith"
    made["LONGSTRN"] = "x" * 150
    made["HIERARCH ESO DRS BERV"] = -23.54
    made["EMPTY"] = None
    made["NUMBER2"] = "  7 "
    made["HISTORY"] = "All wavelengths are in vacuum."
    header = Header(made.tostring().encode())
    for key in ("NUMBER", "REAL", "YES", "QUOTE", "LONGSTRN", "ESO DRS BERV", "EMPTY"):
        assert same(header.get(key), made[key]), key
    assert header.number("NOTHING", "NUMBER2") == 7.0
    assert header.flag("YES") is True
    assert header.remarks() == ["All wavelengths are in vacuum."]
    assert header.get("NOTHING", 3) == 3


def test_cards_that_break_the_standard_are_read_as_far_as_they_go() -> None:
    cards = [
        "CRVAL1= 4000.0 / no blank in column nine",
        "SPTYPE  = 'G2 V",
        "CDELT1  = 1.5D-1",
        "OBJECT  HD 5 without an equals sign",
        "lower   = 3",
    ]
    header = Header("".join(card.ljust(80) for card in [*cards, "END"]).encode())
    assert header.number("CRVAL1") == 4000.0
    assert header.text("SPTYPE") == "G2 V"
    assert header.number("CDELT1") == pytest.approx(0.15)
    assert header.get("OBJECT") is None
    assert header.get("LOWER") == 3


def comparable(unit: Any) -> list[tuple[str, Any]]:
    """Keywords and values that astropy understands and that stand once."""
    found = []
    counts = Counter(unit.header.keys())
    for card in unit.header.cards:
        if counts[card.keyword] > 1 or card.keyword in ("HISTORY", "COMMENT", "", "CONTINUE"):
            continue
        if card.image[8:9] != "=" and not card.image.startswith("HIERARCH"):
            continue
        try:
            found.append((card.keyword.upper(), card.value))
        except VerifyError:
            continue
    return found


@pytest.mark.filterwarnings("ignore")
def test_all_cards_and_pixels_of_the_zoo_agree_with_astropy(shared_data: Path) -> None:
    compared = 0
    for path in sorted((shared_data / "originals").iterdir()):
        probe = Probe(path)
        if probe.kind != "fits":
            continue
        with fits.open(path, memmap=False, ignore_missing_end=True) as theirs:
            ours = list(probe.fits)
            assert len(ours) == len(theirs), path.name
            for mine, unit in zip(ours, theirs, strict=True):
                for key, value in comparable(unit):
                    assert same(mine.header.get(key), value), (path.name, key, value)
                    compared += 1
                if mine.is_image and unit.data is not None:
                    expected = np.asarray(unit.data, np.float64)
                    np.testing.assert_array_equal(mine.image(), expected)
    assert compared > 5000
