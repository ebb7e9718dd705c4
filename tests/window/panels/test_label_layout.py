"""Names above the spectrum never touch each other, whatever is asked for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from spectra_gui.window.plots.label_layout import Candidate, Placed, place_labels

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        text=st.text("abcHeIαβ ", min_size=1, max_size=12),
        x_px=st.floats(-50, 900),
        width_px=st.floats(4, 120),
        rank=st.integers(1, 4),
    ),
    max_size=60,
)


def overlaps(one: Placed, other: Placed) -> bool:
    return one.row == other.row and one.left_px < other.right_px and other.left_px < one.right_px


@settings(max_examples=200, deadline=None)
@given(CANDIDATES)
def test_placed_labels_never_overlap_and_stay_inside(candidates: list[Candidate]) -> None:
    placed = place_labels(candidates, span_px=800.0)
    for place, one in enumerate(placed):
        assert one.left_px >= 0
        assert one.right_px <= 800.0 + 1e-6
        assert not any(overlaps(one, other) for other in placed[place + 1 :])


def test_the_important_line_wins_the_place() -> None:
    wishes = [Candidate("weak", 100, 60, 4), Candidate("Hβ", 103, 60, 1)]
    placed = place_labels(wishes, span_px=300, rows=1)
    assert [p.text for p in placed] == ["Hβ"]


def test_neighbours_stand_in_two_rows() -> None:
    wishes = [Candidate("Ca II K", 100, 44, 1), Candidate("Ca II H", 108, 44, 1)]
    placed = place_labels(wishes, span_px=400)
    assert {(p.text, p.row) for p in placed} == {("Ca II K", 0), ("Ca II H", 1)}


def test_the_same_word_is_not_said_twice_side_by_side() -> None:
    wishes = [Candidate("Na D", 100, 30, 1), Candidate("Na D", 102, 30, 1)]
    assert len(place_labels(wishes, span_px=400)) == 1


def test_a_leader_never_runs_through_a_lower_label() -> None:
    wishes = [Candidate(f"line {k}", 20.0 * k, 50.0, 1 + k % 4) for k in range(40)]
    placed = place_labels(wishes, span_px=800)
    below = [p for p in placed if p.row == 0]
    for upper in (p for p in placed if p.row == 1 and p.leader):
        assert not any(p.left_px <= upper.x_px <= p.right_px for p in below)
