"""An explanation holds a strip per branch whose numbers are what the design says they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spectra_gui.data.explanation import Explanation, Strip, Target
from spectra_gui.data.preparation import PreparationSpec
from spectra_gui.data.verdict import Verdict
from spectra_gui.inference.cam import guided_grad_cam
from spectra_gui.inference.explain import (
    METHODS,
    MemberNetwork,
    Method,
    explain,
    scaled_mean,
    target_cells,
)
from spectra_gui.inference.occlusion import occlusion_drop
from spectra_gui.networks import build_network
from spectra_gui.networks.check import StructureError

SPEC = PreparationSpec(start_aa=4000.0, n_pixels=601)


def verdict(letter: str = "G", subtype: float = 2.0, luminosity: str = "V") -> Verdict:
    return Verdict(
        probabilities=np.full((70, 6), 1 / 420, dtype=np.float32),
        type=f"{letter}{subtype:g} {luminosity}",
        letter=letter,
        subtype=subtype,
        luminosity=luminosity,
        probability=0.9,
        subtype_interval=(41.0, 43.0),
        credible_set=((42, 4),),
        credible_text="G2, V",
        alternatives=(),
        members=(),
        rv_kms=None,
        rv_err_kms=None,
        rv_origin="none",
        snr=None,
        coverage=1.0,
        novelty=0.5,
        state="accept",
        reasons=(),
        bundle="b",
        bundle_sha256="",
    )


def member(kind: str, seed: int) -> MemberNetwork:
    torch.manual_seed(seed)
    network = build_network(kind, {"n_pixels": SPEC.n_pixels, "positions": 12})
    return (f"{kind}-{seed}", kind, network.eval())


def ensemble() -> list[MemberNetwork]:
    return [member("three_branch", 0), member("residual", 1), member("three_branch", 2)]


def spectrum() -> Tensor:
    flux = 0.2 * torch.randn(SPEC.n_pixels, generator=torch.Generator().manual_seed(7))
    return torch.stack([flux, torch.ones_like(flux)])[None]


CELLS, TEXT = target_cells(verdict(), "joint")


def explained(
    networks: list[MemberNetwork],
    x: Tensor,
    method: Method = "guided_grad_cam",
    spec: PreparationSpec = SPEC,
) -> Explanation:
    return explain(
        networks,
        x,
        spec=spec,
        target="joint",
        cells=CELLS,
        target_text=TEXT,
        method=method,
        bundle_name="mk-test",
    )


@pytest.mark.parametrize(
    ("target", "count", "text"),
    [
        ("joint", 10, "type G V"),
        ("temperature", 60, "temperature class G"),
        ("luminosity", 70, "luminosity class V"),
    ],
)
def test_a_target_names_its_cells(target: Target, count: int, text: str) -> None:
    cells, said = target_cells(verdict(), target)
    assert said == text
    assert cells.sum() == count
    assert cells[42, 4]
    assert cells[40:50].any(axis=1).all()
    assert not cells[39, 3]
    assert cells[39, 4] == (target == "luminosity")
    assert cells[42, 3] == (target == "temperature")


def test_a_chosen_cell_goes_before_the_verdict() -> None:
    cells, said = target_cells(verdict(), "luminosity", (31, 0))
    assert said == "box F1 I"
    assert np.argwhere(cells).tolist() == [[31, 0]]


def test_there_is_a_strip_per_branch_and_one_for_the_residual_members() -> None:
    result = explained(ensemble(), spectrum())
    assert [strip.name for strip in result.strips] == ["k = 3", "k = 7", "k = 15", "residual"]
    assert {strip.method for strip in result.strips} == {"guided_grad_cam"}
    assert result.target_text == "type G V"
    assert result.bundle == "mk-test"
    assert np.array_equal(result.wavelength_aa, SPEC.wavelength_aa)


def test_occlusion_has_a_strip_per_kind() -> None:
    result = explained(ensemble(), spectrum(), "occlusion")
    assert [strip.name for strip in result.strips] == ["three branch", "residual"]
    assert {strip.method for strip in result.strips} == {"occlusion"}


@pytest.mark.parametrize("method", METHODS)
def test_strips_are_full_length_between_0_and_1_and_their_peaks_lie_on_the_grid(
    method: Method,
) -> None:
    for strip in explained(ensemble(), spectrum(), method).strips:
        assert strip.relevance.shape == strip.spread.shape == (SPEC.n_pixels,)
        assert strip.relevance.min() >= 0.0
        assert strip.relevance.max() <= 1.0
        assert strip.positive == bool(strip.relevance.any())
        assert len(strip.peaks) <= 8
        for peak in strip.peaks:
            assert SPEC.start_aa <= peak.wavelength_aa <= SPEC.end_aa
            assert 0.0 < peak.strength <= 1.0


def test_members_are_averaged_after_each_is_scaled_to_its_own_peak() -> None:
    x, networks = spectrum(), ensemble()
    strip = explained(networks, x).strips[1]
    scaled = []
    for _, kind, network in networks:
        if kind == "three_branch":
            size = np.abs(guided_grad_cam(network, x, CELLS)[1].product[0])
            scaled.append(size / size.max() if size.any() else size)
    assert strip.relevance == pytest.approx((scaled[0] + scaled[1]) / 2, abs=1e-6)
    assert strip.spread == pytest.approx(np.abs(scaled[0] - scaled[1]) / 2, abs=1e-6)


def test_a_loud_member_counts_as_much_as_a_quiet_one() -> None:
    one_cell = np.zeros((70, 6), dtype=bool)
    one_cell[42, 4] = True
    networks, x = ensemble(), spectrum()

    def strips() -> tuple[Strip, ...]:
        return explain(
            networks,
            x,
            spec=SPEC,
            target="joint",
            cells=one_cell,
            target_text="",
            bundle_name="b",
        ).strips

    quiet = strips()
    with torch.no_grad():
        networks[0][2].head.weight.mul_(1000.0)
    for a, b in zip(quiet, strips(), strict=True):
        assert a.relevance == pytest.approx(b.relevance, abs=1e-4)


def test_a_member_without_evidence_counts_as_zero() -> None:
    mean, spread, positive = scaled_mean([np.array([0.0, 4.0, 2.0]), np.zeros(3)])
    assert mean.tolist() == [0.0, 0.5, 0.25]
    assert spread.tolist() == [0.0, 0.5, 0.25]
    assert positive


def test_where_no_member_has_evidence_the_strip_says_so() -> None:
    networks = ensemble()
    for _, _, network in networks:
        for layer in network.cam_layers():
            # The layer falls silent: its activation × anything is zero.
            for module in network.modules():
                if layer.module in module.children():
                    silence(module)
    result = explained(networks, spectrum())
    for strip in result.strips:
        assert not strip.positive
        assert not strip.relevance.any()
        assert strip.relevance.shape == (SPEC.n_pixels,)
        assert strip.peaks == ()


def silence(block: nn.Module) -> None:
    for module in block.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.zeros_(module.weight)
            nn.init.constant_(module.bias, -1.0)


@pytest.mark.parametrize("method", METHODS)
def test_where_the_spectrum_has_no_pixel_nothing_speaks(method: Method) -> None:
    x = spectrum()
    x[:, :, 200:290] = 0.0
    for strip in explained(ensemble(), x, method).strips:
        assert not strip.relevance[200:290].any()
        assert not strip.spread[200:290].any()


def test_occlusion_strips_are_the_positive_drops_scaled() -> None:
    x, networks = spectrum(), ensemble()
    strip = explained(networks, x, "occlusion").strips[1]
    drop = np.maximum(occlusion_drop(networks[1][2], x, CELLS), 0.0)
    assert strip.relevance == pytest.approx(drop / drop.max(), abs=1e-6)
    assert not strip.spread.any()


def test_lines_are_matched_in_the_medium_of_the_bundle() -> None:
    in_air = explained(ensemble(), spectrum())
    in_vacuum = explained(ensemble(), spectrum(), spec=replace(SPEC, medium="vacuum"))
    pairs = [
        (a, v)
        for one, other in zip(in_air.strips, in_vacuum.strips, strict=True)
        for a in one.peaks
        for v in other.peaks
        if a.line and a.line == v.line and a.wavelength_aa == v.wavelength_aa
    ]
    assert pairs
    for a, v in pairs:
        assert 1.0 < v.line_wavelength_aa - a.line_wavelength_aa < 1.5


def test_a_network_that_cannot_be_followed_is_refused_but_occlusion_explains_it() -> None:
    name, kind, network = member("residual", 1)
    stem = network.get_submodule("stem")
    assert isinstance(stem, nn.Sequential)
    stem[2] = nn.SiLU()
    with pytest.raises(StructureError, match=r"'stem\.2' \(SiLU\)"):
        explained([(name, kind, network)], spectrum())
    assert explained([(name, kind, network)], spectrum(), "occlusion").strips[0].positive


def test_a_spectrum_on_another_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="601"):
        explained(ensemble(), spectrum()[:, :, :600])


def test_the_same_question_gives_the_same_answer() -> None:
    networks = ensemble()
    first, second = (explained(networks, spectrum()) for _ in range(2))
    for a, b in zip(first.strips, second.strips, strict=True):
        assert np.array_equal(a.relevance, b.relevance)
        assert a.peaks == b.peaks or str(a.peaks) == str(b.peaks)
