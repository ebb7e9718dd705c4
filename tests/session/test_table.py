"""The result table has the columns of every door, and its cells are fit for every format."""

from __future__ import annotations

from dataclasses import replace

from spectra_gui.data import ReadError
from spectra_gui.data.opinion import Neighbour, SecondOpinion, Seen
from spectra_gui.session import verdict_row
from spectra_gui.session.table import csv_cells, plain_row
from tests.names import PLAIN
from tests.verdicts import make_verdict


def test_the_columns_are_those_of_every_door() -> None:
    columns = (
        "file,index,name,type,letter,subtype,luminosity,probability,state,reasons,credible_set,"
        "rv_kms,rv_err_kms,snr,coverage,novelty,bundle,error,mapping,flags,seen,nearest_type,nearest"
    )
    assert ",".join(verdict_row("a.fits", 0, "A")) == columns


def test_a_refused_spectrum_has_its_type_withheld() -> None:
    row = verdict_row("a.fits", 0, "A", verdict=make_verdict(state="refuse"))
    withheld = ("type", "letter", "subtype", "luminosity", "probability", "credible_set")
    assert [row[key] for key in withheld] == [None] * 6
    assert row["state"] == "refuse"
    assert row["reasons"] == "The spectrum ends at 4200 Å."


def test_what_a_spectrum_shows_beside_its_type_is_told() -> None:
    shown = ("e: emission in Hα (+8.4 Å).", "metal-weak: about [Fe/H] -1.4.")
    row = verdict_row("a.fits", 0, "A", verdict=replace(make_verdict(), flags=shown))
    assert row["flags"] == "e: emission in Hα (+8.4 Å). metal-weak: about [Fe/H] -1.4."
    assert verdict_row("a.fits", 0, "A", verdict=make_verdict())["flags"] is None


def test_a_training_star_and_the_nearest_stars_are_named_behind_the_answer() -> None:
    stars = tuple(Neighbour(f"HD {i}", f"G{i}V", 0.1 * i) for i in range(1, 6))
    opinion = SecondOpinion("G3 V", 0.6, (), stars, ())
    verdict = replace(make_verdict(), second_opinion=opinion, seen=Seen("HD 1", "name"))
    row = verdict_row("a.fits", 0, "A", verdict=verdict)
    assert (row["type"], row["seen"], row["nearest_type"]) == ("G2 V", "HD 1", "G3 V")
    assert row["nearest"] == "HD 1 (G1V), HD 2 (G2V), HD 3 (G3V)"


def test_without_a_table_of_training_stars_those_columns_are_empty() -> None:
    row = verdict_row("a.fits", 0, "A", verdict=make_verdict())
    assert (row["seen"], row["nearest_type"], row["nearest"]) == (None, None, None)


def test_an_unreadable_file_says_why() -> None:
    error = ReadError("empty", "The file is empty.", "Copy it again.")
    row = verdict_row("a.fits", 0, "A", error=error)
    assert (row["state"], row["error"]) == ("unreadable", "The file is empty. Copy it again.")


def test_text_that_was_made_plain_stays_as_it_is() -> None:
    once = [plain_row({"name": name}) for name in PLAIN]
    assert [plain_row(row) for row in once] == once


def test_negative_numbers_are_no_formulas() -> None:
    assert csv_cells({"rv_kms": -12.5, "rv_err_kms": -1e-12}) == ["-12.5", "-1e-12"]
