"""How far explanations can be believed: each measure tells a good map from a bad one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spectra_gui.data import PreparationSpec
from spectra_gui.data.lines import LINES
from spectra_gui.evaluation import diagnostics, faithfulness, sanity
from spectra_gui.evaluation.evidence import (
    Explained,
    Sample,
    ensemble_grid,
    explained_member,
    gradient_of,
    strips_of,
    target_probability,
)
from spectra_gui.evaluation.evidence_grid import (
    all_groups,
    evidence_grid,
    group_names,
    traits,
    widths_px,
)
from spectra_gui.evaluation.explanations import (
    EVIDENCE,
    GRADIENT,
    RANDOM,
    SHIFTED,
    TOGETHER,
    Explanations,
    Trait,
)
from spectra_gui.evaluation.page_explanations import explanations_section
from spectra_gui.evaluation.strips import Array, Strips
from spectra_gui.networks import Network, build_network
from spectra_gui.networks.base import CamLayer
from tests.training.made import MEMBERS, SPEC, made_set

WINDOW = slice(100, 112)
"""Where `OneLine` looks."""


class OneLine(Network):
    """Answers its first cell by how deep the flux is in one window, in two equal branches."""

    def __init__(self) -> None:
        super().__init__()
        self.logits = nn.Linear(1, 420)

    @property
    def branch_names(self) -> tuple[str, ...]:
        return ("k = 3", "k = 7")

    def forward_branches(self, inputs: Sequence[Tensor]) -> Tensor:
        depth = sum(-x[:, 0, WINDOW].mean(1) for x in inputs)
        assert isinstance(depth, Tensor)
        out = torch.zeros(len(depth), 420)
        out[:, 0] = 10.0 * depth
        return out

    def features(self, x: Tensor) -> Tensor:
        return x[:, 0]

    def cam_layers(self) -> tuple[CamLayer, ...]:
        return ()


def line_sample(n: int = 12, n_pixels: int = 400) -> Sample:
    """Spectra whose only line lies in the window; the last tenth of each is a gap."""
    x = np.zeros((n, 2, n_pixels), np.float32)
    x[:, 0] = np.random.default_rng(0).normal(0.0, 0.02, (n, n_pixels))
    x[:, 0, WINDOW] = -0.8
    x[:, 1, : n_pixels * 9 // 10] = 1.0
    x[:, 0] *= x[:, 1]
    cells = np.zeros((n, 70, 6), bool)
    cells[:, 0, 0] = True
    return Sample(x, cells)


def one_line() -> tuple[Explained, ...]:
    network = OneLine().eval()
    return (Explained("one", "one", network, network, 1.0),)


def bump(at: int, n: int = 12, n_pixels: int = 400, width: float = 6.0) -> Array:
    place = np.arange(n_pixels)
    return np.tile(np.exp(-0.5 * ((place - at) / width) ** 2), (n, 1))


def both(relevance: Array) -> dict[str, Strips]:
    return {name: Strips(relevance[None]) for name in ("k = 3", TOGETHER)}


def removal(evidence: Array) -> dict[str, faithfulness.Faithful]:
    curves = faithfulness.removal_curves(
        one_line(), line_sample(), both(evidence), both(np.ones_like(evidence))
    )
    return {f.strip: f for f in faithfulness.summarise(curves)}


def test_a_strip_on_the_line_beats_all_other_orders_and_one_beside_it_does_not() -> None:
    right, wrong = removal(bump(105)), removal(bump(300))
    for strip in ("k = 3", TOGETHER):
        for other in (GRADIENT, SHIFTED, RANDOM):
            assert right[strip].deletion_gain[other].low > 0
            assert right[strip].insertion_gain[other].low > 0
        assert wrong[strip].deletion_gain[RANDOM].high < 0
        assert wrong[strip].insertion_gain[RANDOM].high < 0


def test_curves_begin_and_end_where_nothing_and_all_is_replaced() -> None:
    found = removal(bump(105))[TOGETHER]
    for order in (EVIDENCE, RANDOM):
        assert found.deletion[order][0] == found.insertion[order][-1]
        assert found.deletion[order][-1] == found.insertion[order][0]
    assert found.deletion[EVIDENCE][0] > 0.9 > 0.1 > found.deletion[EVIDENCE][2]


def test_a_branch_is_tested_on_its_own_input() -> None:
    members, sample = one_line(), line_sample(3)
    flat = np.zeros_like(sample.x)
    whole, own, both_ = (
        target_probability(members, sample, changed, strip).mean()
        for changed, strip in ((sample.x, TOGETHER), (flat, "k = 3"), (flat, TOGETHER))
    )
    assert whole > own > both_


def test_pixels_without_flux_come_last_and_equal_ones_in_no_order() -> None:
    key, valid = np.zeros((2, 500)), np.ones((2, 500), bool)
    valid[0, :100] = False
    rank = faithfulness.ranks(key, valid, np.random.default_rng(0))
    assert rank[0, :100].min() >= 1.0
    assert sorted(np.round(rank[0, 100:] * 400).astype(int)) == list(range(400))
    assert abs(np.corrcoef(rank[1], np.arange(500))[0, 1]) < 0.2


def small_members() -> tuple[Explained, ...]:
    made = []
    for member in MEMBERS:
        torch.manual_seed(member.seed)
        network = build_network(member.kind, {**member.architecture, "n_pixels": SPEC.n_pixels})
        made.append(explained_member(member.name, member.kind, network, 1.0))
    return tuple(made)


def small_sample(n: int = 6) -> Sample:
    data = made_set(n)
    x = np.stack([data.flux - 1.0, data.valid], axis=1).astype(np.float32)
    cells = np.zeros((n, 70, 6), bool)
    cells[np.arange(n), data.code.astype(int), data.luminosity.argmax(1)] = True
    return Sample(x, cells)


def test_strips_are_those_of_every_branch_and_their_mean() -> None:
    members, sample = small_members(), small_sample()
    for maps in (strips_of(members, sample), strips_of(members, sample, gradient_of)):
        assert list(maps) == ["k = 3", "k = 5", "residual", TOGETHER]
        alone = [maps[name].relevance for name in ("k = 3", "k = 5", "residual")]
        assert maps[TOGETHER].relevance == pytest.approx(np.mean(alone, axis=0))
        assert max(one.max() for one in alone) <= 1.0
    assert ensemble_grid(members, sample.x).sum(axis=(1, 2)) == pytest.approx(1.0)


def test_layers_are_drawn_anew_from_the_head_down_in_a_copy() -> None:
    network = small_members()[0].network
    names = [name for name, _ in sanity.stages(network)]
    assert names == ["head", "mix", "squeeze", "blocks.0", "stem"]
    before = {k: v.clone() for k, v in network.state_dict().items()}
    copy = sanity.randomised(network, 2).state_dict()
    assert all(torch.equal(v, before[k]) for k, v in network.state_dict().items())
    changed = {k.split(".")[0] for k, v in copy.items() if not torch.equal(v, before[k])}
    assert "logits" in changed
    assert "mix" in changed
    assert "branches" not in changed
    again = sanity.randomised(network, 2).state_dict()
    assert all(torch.equal(v, again[k]) for k, v in copy.items())


def test_a_map_is_like_itself_and_unlike_noise() -> None:
    rng = np.random.default_rng(1)
    maps, valid = rng.random((4, 600)), np.ones((4, 600), bool)
    same = sanity.likeness(maps, maps, valid, 2.4)
    assert same[:, 0] == pytest.approx(1.0)
    assert same[:, 1] == pytest.approx(1.0)
    assert abs(sanity.likeness(maps, rng.random((4, 600)), valid, 2.4)[:, 0].mean()) < 0.2
    assert np.isnan(sanity.likeness(maps, np.zeros((4, 600)), valid, 2.4)).all()


def test_randomised_networks_and_noise_are_compared_with_the_maps_as_they_were() -> None:
    members, sample = small_members(), small_sample()
    found = sanity.summarise(sanity.randomised_likeness(members, sample, 2.4))
    assert {f.of for f in found} == {"evidence", "guided gradient", "Grad-CAM"}
    # An untrained branch of four channels may have no positive gradient, and so no map, at all.
    assert {"k = 5", "residual"} <= {f.strip for f in found} <= {"k = 3", "k = 5", "residual"}
    assert sanity.OTHER_TARGET in {f.change for f in found}
    evidence = strips_of(members, sample)
    stable = sanity.summarise(sanity.stable_likeness(members, sample, evidence, 2.4))
    by = {(f.strip, f.change): f.correlation.value for f in stable}
    assert by[TOGETHER, "S/N 50 per pixel"] > by[TOGETHER, "S/N 20 per pixel"]
    assert by[TOGETHER, "0.5 px shift"] > 0.8


def test_the_neighbouring_target_of_the_coolest_letter_is_warmer() -> None:
    cells = np.zeros((2, 70, 6), bool)
    cells[0, 20:30, 4] = cells[1, 60:70, 2] = True
    moved = sanity.neighbouring(cells)
    assert np.flatnonzero(moved[0, :, 4]).tolist() == list(range(30, 40))
    assert np.flatnonzero(moved[1, :, 2]).tolist() == list(range(50, 60))


def test_widths_of_planted_peaks_are_found() -> None:
    row = bump(100, 1, width=4.0)[0] + 0.8 * bump(250, 1, width=8.0)[0]
    assert sorted(widths_px(row, 2)) == pytest.approx([4.0 * 2.355, 8.0 * 2.355], rel=0.02)
    assert widths_px(bump(0, 1)[0], 1) == []


def planted(widths: Sequence[float]) -> Trait:
    """The width trait of strips of kernels 3, 7 and 15, whose peaks have these widths in pixels."""
    rng = np.random.default_rng(0)
    strips = {
        f"k = {k}": Strips(
            np.stack(
                [
                    np.concatenate([bump(200, 1, SPEC.n_pixels, width + d) for d in member])
                    for member in rng.normal(0.0, 0.5, (2, 30))
                ]
            )
        )
        for k, width in zip((3, 7, 15), widths, strict=True)
    }
    valid = np.ones((30, SPEC.n_pixels), bool)
    return traits(strips, valid, np.array(["G"] * 30), SPEC)[0]


def test_a_property_that_is_linear_in_the_kernel_size_does_not_bend() -> None:
    straight, bent = planted((20.0, 24.0, 32.0)), planted((20.0, 26.0, 24.0))
    assert straight.kernels == (3, 7, 15)
    assert all(step.low > 0 for step in straight.steps)
    assert straight.bend is not None
    assert straight.bend.low < 0 < straight.bend.high
    assert bent.bend is not None
    assert bent.bend.high < 0
    assert np.shape(bent.members) == (2, 3)


def test_the_page_says_which_properties_bend_and_how_far_members_differ() -> None:
    def page(trait: Trait) -> str:
        return explanations_section(Explanations("", "Who.", (), (), (), (), (), (trait,), ()))

    assert "Of 1 properties 0 bend" in page(planted((20.0, 24.0, 32.0)))
    bent = page(planted((20.0, 26.0, 24.0)))
    assert "1 bend beyond the 95 % interval over stars (width of the highest peaks)" in bent
    assert "1 of these in each of the 2 members alone" in bent
    assert "further apart than members of one size do on average in 1 of 1" in bent


def test_even_evidence_is_even_over_the_grid() -> None:
    groups = group_names(np.array([1, 1, 4]), np.array([0, 4, 4]))
    assert groups.tolist() == ["B giant", "B dwarf", "G dwarf"]
    valid = np.ones((3, SPEC.n_pixels), bool)
    valid[:, :35] = False
    grid = evidence_grid("k = 3", np.where(valid, 0.5, 0.0), valid, groups, SPEC)
    assert grid.groups == ("B", "B giant", "B dwarf", "G", "G dwarf")
    assert grid.n_stars == (2, 1, 1, 1, 1)
    assert len(grid.peaks) == len(grid.groups)
    assert {value for row in grid.values for value in row[4:]} == {1.0}
    assert {value for row in grid.values for value in row[:3]} == {0.0}


def test_a_mean_strip_says_what_it_looks_at() -> None:
    spec = PreparationSpec()
    centre = round((4340.5 - spec.start_aa) / spec.step_aa)
    strip = bump(centre, 5, spec.n_pixels)
    groups = np.array(["A dwarf"] * 5)
    grid = evidence_grid("k = 3", strip, np.ones(strip.shape, bool), groups, spec)
    assert grid.peaks == (("Hγ",), ("Hγ",))
    brightest = int(np.argmax(grid.values[0]))
    assert grid.start_aa + brightest * grid.bin_aa < 4340.5
    assert grid.start_aa + (brightest + 1) * grid.bin_aa > 4340.5


def test_the_textbook_names_lines_of_the_list_inside_the_grid() -> None:
    by_name = {line.name: line for line in LINES}
    assert set(diagnostics.TEXTBOOK) == set(all_groups())
    for group, names in diagnostics.TEXTBOOK.items():
        assert len(names) == len(set(names)) >= 7
        for name in names:
            assert 3850 <= by_name[name].air_aa <= 6900
            assert group[0] in by_name[name].letters


def test_peaks_on_the_lines_of_their_own_group_are_told_from_chance() -> None:
    spec = PreparationSpec()
    groups = np.array(["A dwarf"] * 20 + ["M dwarf"] * 20)
    at_aa = np.where(groups == "A dwarf", 4340.5, 7054.0)
    at_aa = np.where(groups == "M dwarf", 6170.0, at_aa)
    place = np.arange(spec.n_pixels)
    centre = (at_aa - spec.start_aa) / spec.step_aa
    strips = np.exp(-0.5 * ((place[None] - centre[:, None]) / 3.0) ** 2)
    valid = np.ones(strips.shape, bool)
    flux = -0.5 * np.roll(strips, -300, axis=1)
    rows = diagnostics.diagnose({"k = 3": Strips(strips[None])}, flux, valid, groups, spec)
    by = {d.group: d for d in rows}
    assert set(by) == {diagnostics.EVERY_GROUP, "A dwarf", "M dwarf"}
    whole = by[diagnostics.EVERY_GROUP]
    assert whole.first.value == 1.0
    assert whole.permuted == pytest.approx(0.5, abs=0.05)
    assert whole.p < 0.01
    assert whole.deepest == 0.0
    on = diagnostics.on_lines(spec.wavelength_aa, "A dwarf", spec)
    assert by["A dwarf"].chance == pytest.approx(on.mean())
    astray = diagnostics.diagnose(
        {"k = 3": Strips(np.roll(strips, -300, axis=1)[None])}, flux, valid, groups, spec
    )
    assert astray[0].first.value == 0.0
    assert astray[0].p > 0.9
