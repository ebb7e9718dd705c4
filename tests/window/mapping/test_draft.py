"""What a person says in the dialog becomes an override."""

from __future__ import annotations

from spectra_gui.data import Decision, Override, Reading, TableHead
from spectra_gui.window.mapping.draft import Draft, begin, showing

TABLE = TableHead("1", "HDU 1", ("a", "b", "c", "b"), ("", "nm", "", ""))


def test_roles_become_columns_by_name_and_twins_by_number() -> None:
    draft = Draft(table=TABLE).with_role(1, "wavelength").with_role(0, "flux")
    assert draft.missing == ""
    assert draft.override == Override(columns=("1", "a"))

    three = draft.with_role(2, "uncertainty").with_said("uncertainty", "ivar")
    assert three.override == Override(columns=("1", "a", "c"), uncertainty="ivar")


def test_a_role_belongs_to_one_column_and_a_column_has_one_role() -> None:
    draft = Draft(table=TABLE).with_role(0, "flux").with_role(1, "flux")
    assert [draft.role_of(i) for i in range(4)] == [None, "flux", None, None]
    assert draft.with_role(1, "wavelength").flux is None
    assert "wavelengths" in draft.missing


def test_an_uncertainty_without_a_column_has_no_kind() -> None:
    draft = Draft(Override(uncertainty="ivar"), TABLE).with_role(0, "wavelength")
    assert draft.with_role(2, "flux").override == Override(columns=("a", "c"))


def test_until_a_role_is_chosen_the_reader_takes_its_own_columns() -> None:
    reading = Reading("", "", "", (), (Decision("Columns", "a, c", "names"),))
    draft = showing(Draft(Override(medium="air"), TABLE), reading)
    assert (draft.wavelength, draft.flux) == (0, 2)
    assert draft.override == Override(medium="air")
    assert draft.with_role(1, "uncertainty").override.columns == ("a", "c", "1")


def test_names_with_commas_in_them_are_found_again() -> None:
    table = TableHead("", "", ("wave, vac", "flux, rel", "err"), ("", "", ""))
    reading = Reading("", "", "", (), (Decision("Columns", "wave, vac, flux, rel, err", ""),))
    assert showing(Draft(table=table), reading).role_of(2) == "uncertainty"


def test_what_was_said_before_is_shown() -> None:
    draft = begin(Override(columns=("c", "0"), hdu="1", medium="air"), TABLE, "1")
    assert (draft.wavelength, draft.flux) == (2, 0)
    assert draft.override == Override(columns=("c", "a"), hdu="1", medium="air")


def test_another_table_has_no_roles_and_the_same_one_keeps_them() -> None:
    draft = Draft(table=TABLE, key="1").with_role(0, "flux").with_role(2, "wavelength")
    assert draft.with_table(TABLE, "1").flux == 0
    other = draft.with_table(TableHead("2", "HDU 2", ("x", "y"), ("", "")), "2")
    assert other.flux is None
    assert other.override == Override(hdu="2")


def test_the_velocity_of_one_star_does_not_hold_for_others() -> None:
    draft = Draft(Override(velocity_kms=12.0, rows=(1,), medium="air"), TABLE)
    assert draft.override.velocity_kms == 12.0
    assert draft.for_others == Override(medium="air")
