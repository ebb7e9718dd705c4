"""What the name and the unit of a column of flux say of it. Knows no data."""

from __future__ import annotations

import re

from spectra_gui.data import ReadError


def refuse_compressed(name: str, unit: str) -> None:
    """Raise ``unsupported`` where a flux is in magnitudes, or is a logarithm."""
    magnitude = re.search(r"^(ab|st|vega|abs)?_?mag(s|nitudes?|\b|_|\()", unit.strip(), re.I)
    named = re.match(r"(ab|st)?_?mag(nitudes?)?\b", name.strip(), re.I)
    logarithm = re.match(r"(log|lg|ln)(10)?[\W_]*(f|flux|f_?lam\w*|f_?nu|int\w*)\b", name, re.I)
    if magnitude or named or logarithm or re.match(r"(log|dex)\s*\(", unit.strip(), re.I):
        what = "a logarithm" if not (magnitude or named) else "in magnitudes"
        raise ReadError(
            "unsupported",
            f"The flux ({name}{f', {unit}' if unit else ''}) is {what}, not linear.",
            "Turn it into a linear flux first, or choose another column.",
        )
