"""``read``: in this process, or in a child that may die of the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import psutil
import pytest

from spectra_gui import ReadError, read
from spectra_gui.data import Override

from .conftest import write_text


def test_both_ways_give_the_same_reading(tmp_path: Path) -> None:
    path = write_text(tmp_path, "star.txt")
    here, there = read(path), read(path, isolated=True)
    assert (here.format, here.reader, here.decisions) == (
        there.format,
        there.reader,
        there.decisions,
    )
    np.testing.assert_array_equal(here.spectra[0].flux, there.spectra[0].flux)
    assert not psutil.Process().children(recursive=True)


def test_both_ways_take_an_override(tmp_path: Path) -> None:
    path = write_text(tmp_path, "star.txt")
    for isolated in (False, True):
        reading = read(path, override=Override(medium="vacuum"), isolated=isolated)
        assert reading.spectra[0].medium == "vacuum"


@pytest.mark.parametrize("isolated", [False, True])
def test_both_ways_raise_the_same_error(isolated: bool, tmp_path: Path) -> None:
    with pytest.raises(ReadError) as raised:
        read(tmp_path / "absent.fits", isolated=isolated)
    assert raised.value.code == "not_found"
    assert raised.value.reason
    assert raised.value.advice
