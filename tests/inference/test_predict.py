"""Spectra become verdicts: the same alone or in a batch, refused where they say nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from spectra_gui.bundles import BundleError, load_bundle
from spectra_gui.data import Spectrum
from spectra_gui.data.explanation import Target
from spectra_gui.data.lines import LINES
from spectra_gui.inference import Predictor, choose_device, load_predictor
from spectra_gui.networks import Network
from tests.engine.tiny_bundle import write_tiny_bundle


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def predictor(folder: Path) -> Predictor:
    return load_predictor(load_bundle(folder), "cpu")


def star(seed: int = 0, start_aa: float = 3800.0, end_aa: float = 7000.0) -> Spectrum:
    rng = np.random.default_rng(seed)
    x = np.arange(start_aa, end_aa, 1.0)
    flux = np.ones_like(x) + 0.01 * rng.standard_normal(x.size)
    for line_aa in (3933.7, 3968.5, 4340.5, 4861.3, 6562.8):
        flux -= 0.4 * np.exp(-0.5 * ((x - line_aa) / 4.0) ** 2)
    return Spectrum(x, flux, medium="air", frame="rest", fwhm_aa=np.full(x.size, 3.0))


def test_the_verdict_is_whole(predictor: Predictor) -> None:
    (answer,) = predictor.classify([star()])
    verdict = answer.verdict
    assert verdict.probabilities.shape == (70, 6)
    assert verdict.probabilities.sum() == pytest.approx(1.0, abs=1e-5)
    assert verdict.type.startswith(verdict.letter)
    assert verdict.type.endswith(f" {verdict.luminosity}")
    others = [a.probability for a in verdict.alternatives]
    assert others == sorted(others, reverse=True)
    assert others[0] <= verdict.probability
    assert all((a.type[0], a.type.split()[1]) != (verdict.letter, verdict.luminosity)
               for a in verdict.alternatives)  # fmt: skip
    assert len(verdict.members) == 2
    assert verdict.bundle == "tiny"
    assert answer.prepared is not None


def test_one_spectrum_gets_the_same_answer_alone_and_among_others(predictor: Predictor) -> None:
    spectra = [star(i) for i in range(5)]
    together = [a.verdict.probabilities for a in predictor.classify(spectra)]
    for spectrum, grid in zip(spectra, together, strict=True):
        (alone,) = predictor.classify([spectrum])
        np.testing.assert_allclose(alone.verdict.probabilities, grid, atol=1e-5)


def test_a_spectrum_outside_the_range_is_refused_in_its_place(predictor: Predictor) -> None:
    far = star(1, 8000.0, 9000.0)
    answers = predictor.classify([star(0), far, star(2)])
    assert [a.prepared is None for a in answers] == [False, True, False]
    assert answers[1].verdict.state == "refuse"
    assert "range" in answers[1].verdict.reasons[0]


def test_a_spectrum_that_covers_too_little_is_refused(predictor: Predictor) -> None:
    (answer,) = predictor.classify([star(0, 6200.0, 7000.0)])
    assert answer.verdict.state == "refuse"
    assert "covered" in " ".join(answer.verdict.reasons)


def test_a_refusal_ends_with_what_the_reader_knows_to_help(predictor: Predictor) -> None:
    help_ = {"if_refused": "Merge the orders."}
    spectra = [star(), star(0, 6200.0, 7000.0), star(1, 8000.0, 9000.0)]
    answers = predictor.classify([s.changed(meta=help_) for s in spectra])
    told = ["Merge the orders." in answer.verdict.reasons for answer in answers]
    assert told == [answer.verdict.state == "refuse" for answer in answers]
    assert told[1:] == [True, True]


def test_one_hopeless_pixel_does_not_hide_that_a_spectrum_is_like_no_star(
    predictor: Predictor,
) -> None:
    plain = star(3)
    sawtooth = plain.flux * (1.0 + 0.5 * np.sign(np.sin(plain.wavelength_aa / 9.0)))
    sigma = np.full(len(plain), 0.01)
    known = plain.changed(flux=sawtooth, sigma=sigma)
    sigma = sigma.copy()
    sigma[1500] = 1e4
    (whole,) = predictor.classify([known])
    (spoilt,) = predictor.classify([known.changed(sigma=sigma)])
    assert whole.verdict.novelty > 0.3
    assert spoilt.verdict.novelty == pytest.approx(whole.verdict.novelty, rel=0.05)


def test_progress_is_told(predictor: Predictor) -> None:
    told: list[tuple[int, int]] = []
    predictor.classify([star(i) for i in range(3)], lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)


class _Greedy(torch.nn.Module):
    """Runs out of memory on more than two spectra, or always on a device that is too small."""

    def __init__(self, inner: Network, most: int) -> None:
        super().__init__()
        self.inner, self.most, self.asked = inner, most, []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.asked.append(len(x))
        if len(x) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.inner(x)


def test_memory_that_runs_out_is_met_with_smaller_batches_and_a_notice(
    predictor: Predictor,
) -> None:
    spectra = [star(i) for i in range(6)]
    before = [a.verdict.probabilities for a in predictor.classify(spectra)]
    greedy = [_Greedy(network, 2) for network in predictor._answering]
    predictor._answering = greedy
    after = [a.verdict.probabilities for a in predictor.classify(spectra)]
    np.testing.assert_allclose(after, before, atol=1e-5)
    assert any("out of memory" in notice for notice in predictor.notices)


def test_memory_that_is_too_small_for_one_spectrum_is_told_on_the_cpu(
    predictor: Predictor,
) -> None:
    predictor._answering = [_Greedy(network, 0) for network in predictor._answering]
    with pytest.raises(torch.OutOfMemoryError):
        predictor.classify([star()])


def test_a_network_that_does_not_fit_its_weights_names_the_bundle(folder: Path) -> None:
    bundle = load_bundle(folder)
    wrong = bundle.members[0].architecture | {"hidden": 9}
    object.__setattr__(bundle.members[0], "architecture", wrong)
    with pytest.raises(BundleError, match="tiny"):
        load_predictor(bundle, "cpu")


def test_a_device_that_is_not_there_is_told() -> None:
    assert choose_device("cpu").type == "cpu"
    with pytest.raises(ValueError, match="auto, cpu, cuda, mps"):
        choose_device("tpu")
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="sees no cuda"):
            choose_device("cuda")


def test_an_explanation_is_about_the_verdict(predictor: Predictor) -> None:
    (answer,) = predictor.classify([star()])
    assert answer.prepared is not None
    explanation = predictor.explain(answer.prepared, answer.verdict)
    assert answer.verdict.letter in explanation.target_text
    assert [s.name for s in explanation.strips] == ["k = 3", "k = 7", "k = 15", "residual"]


@pytest.mark.parametrize("target", ["joint", "temperature", "luminosity"])
def test_lines_that_are_named_can_be_seen_in_such_a_star(
    predictor: Predictor, target: Target
) -> None:
    (answer,) = predictor.classify([star()])
    assert answer.prepared is not None
    explanation = predictor.explain(answer.prepared, answer.verdict, target=target)
    seen = {line.name: line.letters for line in LINES}
    named = [peak.line for strip in explanation.strips for peak in strip.peaks if peak.line]
    assert named
    assert all(answer.verdict.letter in seen[name] for name in named)
