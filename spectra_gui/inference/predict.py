"""From spectra to verdicts: prepare, ask every member, calibrate, average, judge.

The one predictor behind the window, the command line and Python, so that all give one answer.
Knows bundles, networks and preparation; knows no file format and no window.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle, BundleError, load_weights
from spectra_gui.data import (
    IF_REFUSED,
    LETTERS,
    LUMINOSITY_NAMES,
    N_LUMINOSITY,
    N_SUBTYPES,
    Alternative,
    Explanation,
    MemberOpinion,
    Prepared,
    Spectrum,
    Verdict,
)
from spectra_gui.data.answer import (
    answer,
    cells,
    credible_cells,
    credible_text,
    median_code,
    subtype_interval,
)
from spectra_gui.data.explanation import Target
from spectra_gui.data.mk import format_code
from spectra_gui.inference.beside import Beside
from spectra_gui.inference.calibrate import Rule, ensemble_mean, softmax
from spectra_gui.inference.cam import exclusive
from spectra_gui.inference.explain import Method, explain, target_cells
from spectra_gui.inference.findings import Finding, calm, find, see, well_known, without_emission
from spectra_gui.inference.trust import Evidence, agree, far_apart, judge
from spectra_gui.networks import Network, build_network, for_answers
from spectra_gui.prepare import PrepareError, prepare_many

LARGEST_BATCH: Final = 64
N_ALTERNATIVES: Final = 6


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict and the prepared spectrum that it is about; None where it could not be prepared."""

    verdict: Verdict
    prepared: Prepared | None


def choose_device(wanted: str) -> torch.device:
    """The torch device for ``auto | cpu | cuda | mps``.

    Raises
    ------
    ValueError
        For another word, or a device that torch does not see here.
    """
    if wanted == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    if wanted not in ("cpu", "cuda", "mps"):
        raise ValueError(f"there is no device {wanted!r}; allowed: auto, cpu, cuda, mps")
    seen = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if not seen[wanted]:
        raise ValueError(f"torch sees no {wanted} device here; choose auto or cpu")
    return torch.device(wanted)


def load_predictor(bundle: Bundle, device: str = "auto") -> Predictor:
    """The predictor of a bundle on a device; raises `BundleError` or ``ValueError``."""
    networks = []
    for member in bundle.members:
        try:
            network = build_network(member.kind, member.architecture)
            tensors = {k: torch.from_numpy(v) for k, v in load_weights(bundle, member).items()}
            network.load_state_dict(tensors, strict=True)
        except (ValueError, TypeError, RuntimeError) as error:
            raise BundleError(
                bundle.name,
                f"the network {member.name} does not fit its description ({error}).",
                "Install the bundle again from its source.",
            ) from error
        networks.append(network.eval())
    return Predictor(bundle, networks, choose_device(device))


class Predictor:
    """An ensemble that is ready to answer.

    Several threads may ask: the networks type one batch at a time, and explanations look at
    networks of their own.
    """

    def __init__(self, bundle: Bundle, networks: Sequence[Network], device: torch.device) -> None:
        self.bundle = bundle
        self.notices: list[str] = []
        self._networks = [network.to(device) for network in networks]
        self._answering = [for_answers(network).to(device) for network in networks]
        self._device = device
        self._batch = LARGEST_BATCH
        self._unsure = None if bundle.likeness is None else bundle.likeness.unsure
        self._typing = threading.Lock()
        self._temperatures = np.array([m.temperature for m in bundle.members])
        self._ensemble_temperature = float(bundle.calibration["ensemble_temperature"])
        self._rule: Rule = bundle.calibration.get("rule", "mean")
        self._beside = Beside(bundle)

    @property
    def device_name(self) -> str:
        """For a person: ``CPU, 2 threads`` or the name of the GPU."""
        if self._device.type == "cuda":
            return f"GPU {torch.cuda.get_device_name(self._device)}"
        if self._device.type == "mps":
            return "GPU (Apple)"
        n = torch.get_num_threads()
        return f"CPU, {n} thread{'s' if n > 1 else ''}"

    def classify(
        self,
        spectra: Sequence[Spectrum],
        on_progress: Callable[[int, int], None] | None = None,
    ) -> list[Answer]:
        """One answer a spectrum, in order; a spectrum that cannot be prepared is refused."""
        answers: list[Answer] = []
        for top in range(0, len(spectra), LARGEST_BATCH):
            answers += self._classify_block(spectra[top : top + LARGEST_BATCH])
            if on_progress is not None:
                on_progress(len(answers), len(spectra))
        return answers

    def _classify_block(self, spectra: Sequence[Spectrum]) -> list[Answer]:
        bundle = self.bundle
        prepared = prepare_many(spectra, bundle.preparation, bundle.templates)
        good = [p for p in prepared if isinstance(p, Prepared)]
        verdicts = iter(self.judge_prepared(good) if good else [])
        answers = [
            Answer(next(verdicts), p) if isinstance(p, Prepared) else Answer(self._refuse(p), None)
            for p in prepared
        ]
        answers = [_with_help(a, spectrum) for a, spectrum in zip(answers, spectra, strict=True)]
        whole = self._beside.added(
            [a.verdict for a in answers],
            [a.prepared for a in answers],
            [None if a.prepared is None else well_known(a.prepared) for a in answers],
            spectra,
        )
        return [replace(a, verdict=v) for a, v in zip(answers, whole, strict=True)]

    def judge_prepared(self, prepared: Sequence[Prepared]) -> list[Verdict]:
        """Verdicts of prepared spectra."""
        sight = see(prepared)
        logits = self.logits(sight.flux, sight.valid)
        # Balmer emission is found beside a first type, which it may have led astray.
        first = most_probable(self._grids(logits))
        sight, rows = without_emission(sight, prepared, first, self.bundle)
        if rows.size:
            logits[:, rows] = self.logits(sight.flux[rows], sight.valid[rows])
        grids = self._grids(logits)
        findings = find(sight, prepared, most_probable(grids), self.bundle)
        opinions = self._opinions(logits)
        alternatives = _alternatives(grids)
        answers = zip(*answer(grids), cells(grids), subtype_interval(grids), strict=True)
        return [
            self._verdict(p, grids[i], found, opinions[i], alternatives[i], findings[i])
            for i, (p, found) in enumerate(zip(prepared, answers, strict=True))
        ]

    def _grids(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, 70, 6) calibrated probabilities of the ensemble."""
        mean = ensemble_mean(logits, self._temperatures, self._ensemble_temperature, self._rule)
        return mean.reshape(-1, N_SUBTYPES, N_LUMINOSITY)

    def logits(self, flux: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(members, n, 420) uncalibrated logits of prepared spectra (n, n_pixels)."""
        x = np.stack([np.where(valid, flux - 1.0, 0.0), valid], 1).astype(np.float32)
        out = np.empty((len(self._networks), len(x), N_SUBTYPES * N_LUMINOSITY), np.float32)
        top = 0
        while top < len(x):
            with self._typing:
                part = torch.from_numpy(x[top : top + self._batch])
                try:
                    self._answer(part, out[:, top : top + len(part)])
                except RuntimeError as error:
                    self._make_room(error)
                    continue
            top += len(part)
        return out

    def _answer(self, part: torch.Tensor, out: NDArray[np.float32]) -> None:
        """Logits of a batch (n, 2, n_pixels) into ``out`` (members, n, 420)."""
        with torch.inference_mode():
            for m, network in enumerate(self._answering):
                out[m] = network(part.to(self._device)).cpu().numpy()

    def _make_room(self, error: RuntimeError) -> None:
        """After memory ran out: half the batch, and the CPU when a single spectrum is too much."""
        ran_out = isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error)
        if not ran_out or (self._batch == 1 and self._device.type == "cpu"):
            raise error
        if self._batch > 1:
            self._batch //= 2
            self.notices.append(
                f"The device ran out of memory; spectra are typed {self._batch} at a time."
            )
            return
        self._device, self._batch = torch.device("cpu"), LARGEST_BATCH
        for network in self._networks:
            with exclusive(network):  # another thread may be explaining
                network.to(self._device)
        self._answering = [network.to(self._device) for network in self._answering]
        self.notices.append("The GPU ran out of memory; the CPU goes on.")

    def _verdict(
        self,
        prepared: Prepared,
        grid: NDArray[np.float64],
        found: tuple[int, int, float, NDArray[np.float64], NDArray[np.float64]],
        opinions: tuple[MemberOpinion, ...],
        alternatives: tuple[Alternative, ...],
        finding: Finding,
    ) -> Verdict:
        """From what was computed for the whole batch; ``found``: answer, masses and interval."""
        bundle = self.bundle
        letter, luminosity, code = int(found[0]), int(found[1]), float(found[2])
        name = _type_name(code, luminosity)
        probability = float(found[3][letter, luminosity])
        own, others = _cell(name), [_cell(o.type) for o in opinions]
        evidence = Evidence(
            prepared, finding, probability, agree(own, others), far_apart(own, others)
        )
        state, reasons = judge(evidence, bundle.preparation, self._unsure)
        inside = credible_cells(grid)
        low, high = found[4]
        template = bundle.templates.nearest_box(code, luminosity)
        return Verdict(
            probabilities=grid.astype(np.float32),
            type=name,
            letter=LETTERS[letter],
            subtype=round(code - 10.0 * letter, 2),
            luminosity=LUMINOSITY_NAMES[luminosity],
            probability=probability,
            subtype_interval=(float(low), float(high)),
            credible_set=inside,
            credible_text=credible_text(inside),
            alternatives=alternatives,
            members=opinions,
            rv_kms=prepared.rv_kms,
            rv_err_kms=prepared.rv_err_kms,
            rv_origin=prepared.rv_origin,
            snr=prepared.snr,
            coverage=prepared.coverage,
            novelty=finding.novelty,
            state=state,
            reasons=reasons,
            bundle=bundle.name,
            bundle_sha256=bundle.sha256,
            template=bundle.templates.names[template] if bundle.templates.names else "",
            flags=() if state == "refuse" else finding.flags,
        )

    def _opinions(self, logits: NDArray[np.float32]) -> list[tuple[MemberOpinion, ...]]:
        """What each member says alone, for each spectrum of the batch."""
        n_members, n = logits.shape[:2]
        alone = softmax(logits / self._temperatures[:, None, None])
        grids = alone.reshape(-1, N_SUBTYPES, N_LUMINOSITY)
        letters, classes, codes = answer(grids)
        masses = cells(grids)[np.arange(len(grids)), letters, classes].reshape(n_members, n)
        names = [
            _type_name(code, luminosity)
            for code, luminosity in zip(codes.tolist(), classes.tolist(), strict=True)
        ]
        return [
            tuple(
                MemberOpinion(m.name, m.kind, names[k * n + i], float(masses[k, i]))
                for k, m in enumerate(self.bundle.members)
            )
            for i in range(n)
        ]

    def _refuse(self, error: PrepareError) -> Verdict:
        """The verdict on a spectrum that says nothing: all types are equally likely."""
        grid = np.full((N_SUBTYPES, N_LUMINOSITY), 1.0 / (N_SUBTYPES * N_LUMINOSITY), np.float32)
        return Verdict(
            probabilities=grid, type="", letter="", subtype=float("nan"), luminosity="",
            probability=0.0, subtype_interval=(0.0, float(N_SUBTYPES)), credible_set=(),
            credible_text="", alternatives=(), members=(), rv_kms=None, rv_err_kms=None,
            rv_origin="none", snr=None, coverage=0.0, novelty=float("nan"), state="refuse",
            reasons=(str(error),), bundle=self.bundle.name, bundle_sha256=self.bundle.sha256,
        )  # fmt: skip

    def explain(
        self,
        prepared: Prepared,
        verdict: Verdict,
        *,
        target: Target = "joint",
        method: Method = "guided_grad_cam",
        cell: tuple[int, int] | None = None,
    ) -> Explanation:
        """Which parts of a prepared spectrum spoke for its verdict, or for a cell of the grid."""
        chosen, text = target_cells(verdict, target, cell)
        # The luminosity is asked over all letters; the lines are still those of this star.
        letter = verdict.letter if cell is None else LETTERS[cell[0] // 10]
        prepared = calm(prepared, verdict.flags, self.bundle)
        centred = np.where(prepared.valid, prepared.flux - 1.0, 0.0)
        x = np.stack([centred, prepared.valid])[None].astype(np.float32)
        members = [
            (m.name, m.kind, network)
            for m, network in zip(self.bundle.members, self._networks, strict=True)
        ]
        return explain(
            members, torch.from_numpy(x), spec=self.bundle.preparation, target=target,
            cells=chosen, target_text=text, method=method, letters=letter,
            bundle_name=self.bundle.name,
        )  # fmt: skip


def _with_help(answer: Answer, spectrum: Spectrum) -> Answer:
    """A refusal ends with what the reader of the file knows to help."""
    verdict, hint = answer.verdict, spectrum.meta.get(IF_REFUSED)
    if verdict.state != "refuse" or not isinstance(hint, str):
        return answer
    return replace(answer, verdict=replace(verdict, reasons=(*verdict.reasons, hint)))


def _type_name(code: float, luminosity: int) -> str:
    return f"{format_code(code)} {LUMINOSITY_NAMES[luminosity]}"


def _cell(name: str) -> tuple[str, str]:
    return name[0], name.split(" ")[1]


def most_probable(grids: NDArray[np.float64]) -> NDArray[np.intp]:
    """(n,) most probable letter + class of (n, 70, 6) grids, 6 · letter + class."""
    mass = cells(grids)
    types: NDArray[np.intp] = mass.reshape(len(mass), -1).argmax(axis=1)
    return types


def _alternatives(grids: NDArray[np.float64]) -> list[tuple[Alternative, ...]]:
    """The most probable letters + classes after the answer's, for (n, 70, 6) grids."""
    mass = cells(grids).reshape(len(grids), -1)
    others = np.argsort(-mass, axis=1, kind="stable")[:, 1 : N_ALTERNATIVES + 1]
    letters, classes = np.divmod(others, N_LUMINOSITY)
    repeated = np.repeat(grids, others.shape[1], axis=0)
    codes = median_code(repeated, letters.ravel(), classes.ravel()).reshape(others.shape)
    return [
        tuple(
            Alternative(_type_name(float(codes[i, k]), int(classes[i, k])), float(mass[i, other]))
            for k, other in enumerate(others[i])
        )
        for i in range(len(grids))
    ]
