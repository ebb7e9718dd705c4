"""Whether verdicts doubt what they should: held-out stars beside spectra that no MK type fits.

    python -m tests.benchmarks.trust [--bundle FOLDER] [--write PAGE]

Stars of MILES and CFLIB get types by networks that never saw them (the bundle's out-of-fold
outputs) and trust statistics that were fitted without their fold, limits included; they are
prepared as a user's spectra are, with their velocity to be found. The others are typed by the
bundle as it is. PAGE gets the tables between its two marks.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from spectra_gui.bundles import Bundle, Likeness, default_bundle_path, load_bundle
from spectra_gui.data import LETTERS, Prepared, Spectrum, Verdict
from spectra_gui.data.labels import fainter_class
from spectra_gui.evaluation.selective import by_fraction_answered
from spectra_gui.inference import Predictor, load_predictor
from spectra_gui.inference.findings import find, see, without_emission
from spectra_gui.inference.predict import most_probable
from spectra_gui.prepare import prepare_many
from spectra_gui.training.dataset import LabelledSet
from spectra_gui.training.stored import OUTPUTS, stored_answers, stored_data
from spectra_gui.training.trust import fit_likeness, held_out_likenesses, is_emission
from tests.benchmarks.library_stars import (
    POOR_FWHM_AA,
    POOR_SNR,
    beaming,
    degraded,
    library_spectra,
)
from tests.benchmarks.report import put_between
from tests.benchmarks.strangers import strangers
from tests.conftest import labelled_data_folder

MARKS: Final = ("<!-- trust -->", "<!-- /trust -->")
SEED: Final = 3
BATCH: Final = 64
N_SPOILT: Final = 10
N_BEAMING: Final = 12
N_PAIRS: Final = 60
STRENGTHS_AA: Final = (2.0, 5.0, 10.0, 30.0)

STRANGE: Final = (
    "is unusual", "none of the stars", "are in no star", "hardly any lines", "has a feature",
)  # fmt: skip

Strings = list[str]


@dataclass(frozen=True, eq=False)
class Stars:
    """Held-out stars: rows of ``data``, ``right`` where the answer is that of the label."""

    data: LabelledSet
    fold: NDArray[np.intp]
    logits: NDArray[np.float32]
    right: NDArray[np.bool_]
    probability: NDArray[np.float64]

    @property
    def letters(self) -> NDArray[np.str_]:
        return np.array(list(LETTERS))[np.clip(self.data.code // 10, 0, 6).astype(int)]


class Remembering(Predictor):
    """A predictor that gives the logits it was told, of networks that never saw the stars.

    A star whose Balmer cores are set aside keeps the type that it had with them.
    """

    told: NDArray[np.float32]

    def logits(self, flux: NDArray[Any], valid: NDArray[Any]) -> NDArray[np.float32]:
        return self.told if len(flux) == self.told.shape[1] else self.told[:, self.glowing]

    def judge(self, prepared: Sequence[Prepared], told: NDArray[np.float32]) -> list[Verdict]:
        """Verdicts of stars, whose logits are (m, n, 420)."""
        self.told = told
        types = most_probable(self._grids(told))
        _, self.glowing = without_emission(see(prepared), prepared, types, self.bundle)
        return self.judge_prepared(prepared)


def main() -> int:
    """Measure and print; put it into a page where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.trust", description=__doc__)
    parser.add_argument("--bundle", type=Path, default=None, help="a bundle's folder")
    parser.add_argument("--write", type=Path, help="a page with two marks")
    options = parser.parse_args()
    text = measure(load_bundle(options.bundle or default_bundle_path()), labelled_data_folder())
    sys.stdout.write(text)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(put_between(page, text, marks=MARKS), encoding="utf-8")
    return 0


def measure(bundle: Bundle, folder: Path) -> str:
    """All tables."""
    data = stored_data(bundle, folder)
    held_out, probabilities = stored_answers(bundle, data)
    likeness = bundle.likeness or fit_likeness(data, held_out, bundle.preparation)
    if likeness is None:
        raise SystemExit(f"{bundle.name} has too few held-out stars")
    bundle = replace(bundle, likeness=likeness)
    stars = _stars(bundle, data.rows(held_out.rows), held_out.fold[held_out.rows], probabilities)
    parts = held_out_likenesses(data, held_out, bundle.preparation)
    native = list(library_spectra(stars.data, folder))
    poor = [degraded(star, np.random.default_rng([SEED, i])) for i, star in enumerate(native)]
    tell(f"{len(native)} stars")
    typed = {
        "as the library has it": _held_out_verdicts(bundle, parts, stars, native),
        f"S/N {POOR_SNR:g}, {POOR_FWHM_AA:g} Å": _held_out_verdicts(bundle, parts, stars, poor),
    }
    tell("held-out stars are judged")
    predictor = load_predictor(bundle, "cpu")
    lines = [f"`{bundle.name}`, {len(native)} held-out stars of MILES and CFLIB.", ""]
    lines += _good_table(stars, typed)
    lines += _reasons_table(typed)
    lines += _strangers_table(predictor, folder, native)
    lines += _flags_table(predictor, parts, stars, native, typed)
    lines += _cost(predictor, native)
    return "\n".join(lines) + "\n"


def tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _stars(
    bundle: Bundle, data: LabelledSet, fold: NDArray[np.intp], probabilities: NDArray[np.float64]
) -> Stars:
    with np.load(bundle.path / OUTPUTS, allow_pickle=False) as arrays:
        place = {str(name): i for i, name in enumerate(arrays["ids"])}
        logits = arrays["logits"][:, [place[str(name)] for name in data.ids]].astype(np.float32)
    mass = probabilities.reshape(-1, 7, 10, 6).sum(axis=2).reshape(-1, 42)
    truth = np.clip(data.code // 10, 0, 6).astype(int) * 6 + fainter_class(data.luminosity)
    return Stars(data, fold, logits, mass.argmax(axis=1) == truth, mass.max(axis=1))


def _prepared(bundle: Bundle, spectra: Sequence[Spectrum]) -> list[Prepared]:
    found = prepare_many(spectra, bundle.preparation, bundle.templates)
    good = [p for p in found if isinstance(p, Prepared)]
    assert len(good) == len(spectra)
    return good


def _held_out_verdicts(
    bundle: Bundle, parts: dict[int, Likeness], stars: Stars, spectra: Sequence[Spectrum]
) -> list[Verdict]:
    predictors = {
        k: Remembering(replace(bundle, likeness=part), [], torch.device("cpu"))
        for k, part in parts.items()
    }
    prepared = _prepared(bundle, spectra)
    verdicts: dict[int, Verdict] = {}
    for k, predictor in predictors.items():
        rows = np.flatnonzero(stars.fold == k)
        found = predictor.judge([prepared[i] for i in rows], stars.logits[:, rows])
        verdicts |= dict(zip(rows.tolist(), found, strict=True))
    return [verdicts[i] for i in range(len(prepared))]


def _doubted(verdicts: Sequence[Verdict]) -> NDArray[np.bool_]:
    return np.array([verdict.state != "accept" for verdict in verdicts])


def _percent(part: NDArray[np.bool_]) -> str:
    return f"{100 * part.mean():.1f} %" if part.size else "–"


def _good_table(stars: Stars, typed: dict[str, list[Verdict]]) -> Strings:
    lines = ["| stars, cautioned or refused | all | " + " | ".join(LETTERS) + " | refused |"]
    lines.append("|---|" + "---:|" * 9)
    n = [np.count_nonzero(stars.letters == letter) for letter in LETTERS]
    lines.append(f"| number | {len(stars.fold)} | " + " | ".join(map(str, n)) + " | |")
    for name, verdicts in typed.items():
        doubt = _doubted(verdicts)
        refused = np.array([verdict.state == "refuse" for verdict in verdicts])
        cells = [_percent(doubt), *(_percent(doubt[stars.letters == x]) for x in LETTERS)]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {_percent(refused)} |")
        strange = np.array([any(w in " ".join(v.reasons) for w in STRANGE) for v in verdicts])
        cells = [_percent(strange), *(_percent(strange[stars.letters == x]) for x in LETTERS)]
        lines.append("| of these for what it shows, not for doubt of the networks | "
                     + " | ".join(cells) + " | |")  # fmt: skip
    doubt = _doubted(next(iter(typed.values())))
    curve = by_fraction_answered(stars.probability, stars.right)
    answers = ", ".join(
        f"{share:.0%} {np.interp(share, curve.fraction, curve.accuracy):.3f}"
        for share in (1.0, 0.9, 0.75, 0.5)
    )
    return [
        *lines,
        "",
        f"Letter + class is right for {stars.right[~doubt].mean():.3f} of the accepted and "
        f"{stars.right[doubt].mean():.3f} of the others. Right by fraction answered: {answers}.",
        "",
    ]


def _reasons_table(typed: dict[str, list[Verdict]]) -> Strings:
    lines = ["| why | " + " | ".join(typed) + " |", "|---|" + "---:|" * len(typed)]
    words = {
        "unusual": "is unusual", "like no star": "none of the stars",
        "lines of no star": "are in no star", "hardly any lines": "hardly any lines",
        "a strange feature": "has a feature", "unsure": "stands out", "members": "disagree",
        "coverage": "covered", "velocity": "radial velocity", "signal to noise": "noise",
        "resolution": "resolution",
    }  # fmt: skip
    for what, word in words.items():
        shares = [
            _percent(np.array([word in " ".join(v.reasons) for v in verdicts]))
            for verdicts in typed.values()
        ]
        lines.append(f"| {what} | " + " | ".join(shares) + " |")
    return [*lines, ""]


def _strangers_table(predictor: Predictor, folder: Path, native: Sequence[Spectrum]) -> Strings:
    rng = np.random.default_rng(SEED)
    spoilt = [native[i] for i in rng.choice(len(native), N_SPOILT, replace=False)]
    others = strangers(folder, spoilt)
    answers = predictor.classify([other.spectrum for other in others])
    doubt = _doubted([answer.verdict for answer in answers])
    refused = np.array([answer.verdict.state == "refuse" for answer in answers])
    lines = ["| no MK star | number | cautioned or refused | refused | accepted |"]
    lines.append("|---|---:|---:|---:|---|")
    families = list(dict.fromkeys(other.family for other in others))
    for family in families:
        inside = np.array([other.family == family for other in others])
        accepted = Counter(
            f"{others[i].spectrum.name} as {answers[i].verdict.type}"
            for i in np.flatnonzero(inside & ~doubt)
        )
        lines.append(
            f"| {family} | {inside.sum()} | {_percent(doubt[inside])} | "
            f"{_percent(refused[inside])} | {'; '.join(accepted)} |"
        )
    lines.append(f"| all | {len(others)} | {_percent(doubt)} | {_percent(refused)} | |")
    return [*lines, ""]


def _flagged(verdicts: Sequence[Verdict], word: str) -> NDArray[np.bool_]:
    return np.array([any(f.startswith(f"{word}:") for f in v.flags) for v in verdicts])


def _flags_table(
    predictor: Predictor,
    parts: dict[int, Likeness],
    stars: Stars,
    native: Sequence[Spectrum],
    typed: dict[str, list[Verdict]],
) -> Strings:
    labelled = np.array([is_emission(label) for label in stars.data.label.tolist()])
    known, weak = np.isfinite(stars.data.feh), stars.data.feh < -1.0
    lines = ["| flags of held-out stars | " + " | ".join(typed) + " |"]
    lines.append("|---|" + "---:|" * len(typed))
    rows: dict[str, Callable[[list[Verdict]], NDArray[np.bool_]]] = {
        "*e* where the label has no e": lambda v: _flagged(v, "e")[~labelled],
        f"*e* where the label has e ({labelled.sum()})": lambda v: _flagged(v, "e")[labelled],
        "label has e, of those flagged *e*": lambda v: labelled[_flagged(v, "e")],
        f"*metal-weak* of [Fe/H] < −1 ({(known & weak).sum()})": lambda v: _flagged(
            v, "metal-weak"
        )[known & weak],
        "*metal-weak* of [Fe/H] > −0.5": lambda v: _flagged(v, "metal-weak")[
            known & (stars.data.feh > -0.5)
        ],
        "*composite* (all labelled as one star)": lambda v: _flagged(v, "composite"),
        "[Fe/H] < −0.8, of those flagged *metal-weak*": lambda v: (stars.data.feh < -0.8)[
            _flagged(v, "metal-weak") & known
        ],
    }
    for what, of in rows.items():
        lines.append(f"| {what} | " + " | ".join(_percent(of(v)) for v in typed.values()) + " |")
    pairs = _pairs(stars, native)
    two = _flagged([a.verdict for a in predictor.classify(pairs)], "composite")
    told = (
        f"*composite* of {len(pairs)} computed sums of a B to F star and a G to K giant, each with "
        f"at least a third of the light at 5500 Å: {_percent(two)}."
    )
    return [*lines, "", told, "", *_beaming_table(predictor, parts, stars, native)]


def _pairs(stars: Stars, native: Sequence[Spectrum]) -> list[Spectrum]:
    """Sums of two stars of MILES, whose fluxes are calibrated."""
    rng = np.random.default_rng(SEED)
    code, column = stars.data.code, stars.data.luminosity.argmax(axis=1)
    usable = stars.data.library == "miles"
    hot = np.flatnonzero(usable & (code >= 12) & (code < 35) & (column >= 2))
    cool = np.flatnonzero(usable & (code >= 45) & (code < 58) & (column == 2))
    found = []
    for one, other in zip(rng.choice(hot, N_PAIRS), rng.choice(cool, N_PAIRS), strict=True):
        first, second = native[int(one)], native[int(other)]
        near = np.abs(first.wavelength_aa - 5500.0) < 50.0
        share = np.median(second.flux[near]) / np.median(first.flux[near])
        share *= 2.0 ** rng.uniform(-1.0, 1.0)
        found.append(
            first.changed(
                flux=share * first.flux + second.flux, mask=first.bad | second.bad,
                name=f"{first.name} + {second.name}",
            )
        )  # fmt: skip
    return found


def _beaming_table(
    predictor: Predictor, parts: dict[int, Likeness], stars: Stars, native: Sequence[Spectrum]
) -> Strings:
    """Emission put into quiet held-out dwarfs, and whether they keep the types they had."""
    lines = ["| emission put into dwarfs, Hα of | " + " | ".join(f"{s:g} Å" for s in STRENGTHS_AA)
             + " |", "|---|" + "---:|" * len(STRENGTHS_AA)]  # fmt: skip
    rng = np.random.default_rng(SEED)
    plain = Predictor(
        replace(predictor.bundle, likeness=None), predictor._networks, torch.device("cpu")
    )
    dwarf = stars.data.luminosity[:, 4] == 1.0
    by_fold = {k: _with(predictor, part) for k, part in parts.items()}
    for letter in "BM":
        tell(f"emission in {letter} V")
        rows = np.flatnonzero(dwarf & (stars.letters == letter))
        rows = rng.choice(rows, min(N_BEAMING, rows.size), replace=False)
        flagged, kept, unmasked = [], [], []
        quiet = [a.verdict for a in predictor.classify([native[i] for i in rows])]
        for strength in STRENGTHS_AA:
            shining = [beaming(native[i], strength) for i in rows]
            found = [a.verdict for a in predictor.classify(shining)]
            without = [a.verdict for a in plain.classify(shining)]
            honest = [
                by_fold[int(stars.fold[i])].classify([s])[0].verdict
                for i, s in zip(rows, shining, strict=True)
            ]
            flagged.append(_percent(_flagged(honest, "e")))
            kept.append(_percent(_same(quiet, found)))
            unmasked.append(_percent(_same(quiet, without)))
        lines.append(f"| {letter} V, flagged *e* | " + " | ".join(flagged) + " |")
        lines.append(f"| {letter} V, letter + class as before | " + " | ".join(kept) + " |")
        lines.append(f"| {letter} V, the same without masking | " + " | ".join(unmasked) + " |")
    return [*lines, ""]


def _with(predictor: Predictor, part: Likeness) -> Predictor:
    bundle = replace(predictor.bundle, likeness=part)
    return Predictor(bundle, predictor._networks, torch.device("cpu"))


def _same(one: Sequence[Verdict], other: Sequence[Verdict]) -> NDArray[np.bool_]:
    pairs = zip(one, other, strict=True)
    return np.array([(a.letter, a.luminosity) == (b.letter, b.luminosity) for a, b in pairs])


def _cost(predictor: Predictor, native: Sequence[Spectrum]) -> Strings:
    prepared = _prepared(predictor.bundle, native[:BATCH])
    types = np.full(len(prepared), 4 * 6 + 4)
    start = time.process_time()
    sight, _ = without_emission(see(prepared), prepared, types, predictor.bundle)
    find(sight, prepared, types, predictor.bundle)
    cost = (time.process_time() - start) / len(prepared)
    return [f"All this costs {1000 * cost:.1f} ms of a processor a spectrum."]


if __name__ == "__main__":
    sys.exit(main())
