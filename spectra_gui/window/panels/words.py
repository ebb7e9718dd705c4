"""Numbers as a person reads them, never more digits than are meant; and texts as they are.

Knows no widget.
"""

from __future__ import annotations

import html

from spectra_gui.data import Verdict
from spectra_gui.data.preparation import MOST_ESTIMATED_SNR

SEPARATOR = "  ·  "
_MINUS = "\N{MINUS SIGN}"


def percent(share: float) -> str:
    """A probability in whole percent; the ends are not claimed."""
    if 0 < share < 0.005:
        return "< 1 %"
    if 0.995 <= share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"


def signed(value: float, digits: int) -> str:
    """A number with its sign, and a true minus."""
    return f"{value:+.{digits}f}".replace("-", _MINUS)


def velocity_words(rv_kms: float | None, rv_err_kms: float | None, origin: str) -> str:
    """The velocity that was taken out, with as many digits as its error allows; "" for none."""
    if rv_kms is None or origin in ("none", "rest"):
        return "at rest" if origin == "rest" else ""
    said = {"header": " (header)", "user": " (yours)"}.get(origin, "")
    if rv_err_kms is None or not rv_err_kms > 0:
        return f"RV {signed(rv_kms, 0)} km/s{said}"
    digits = 1 if rv_err_kms < 10 else 0
    return f"RV {signed(rv_kms, digits)} ± {rv_err_kms:.{digits}f} km/s{said}"


def snr_words(snr: float) -> str:
    """A signal to noise; an estimate that says no more than how smooth the pixels are says so."""
    return f"> {snr:.0f}" if snr == MOST_ESTIMATED_SNR else f"{snr:.0f}"


def fact_words(name: str, verdict: Verdict) -> str:
    """Name, velocity, S/N and coverage of a typed spectrum in one line."""
    facts = [
        name,
        velocity_words(verdict.rv_kms, verdict.rv_err_kms, verdict.rv_origin),
        "" if verdict.snr is None else f"S/N {snr_words(verdict.snr)}",
        f"covers {percent(verdict.coverage)}",
    ]
    return SEPARATOR.join(fact for fact in facts if fact)


def strength_word(strength: float) -> str:
    """How strong a peak is, as its strip's own scale has it."""
    if strength >= 0.66:
        return "strong"
    return "medium" if strength >= 0.33 else "weak"


def as_tip(text: str) -> str:
    """A tooltip that shows a text as it is: names of files may look like HTML, which Qt renders."""
    if "<" not in text:
        return text
    return f'<span style="white-space: pre-wrap">{html.escape(text)}</span>'
