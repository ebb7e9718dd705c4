"""The content of a made bundle: what a test does not care about is given here once."""

from __future__ import annotations

from typing import Any

import numpy as np

from spectra_gui.bundles import BundleContent


def make_content(name: str, **given: Any) -> BundleContent:
    """``given``: preparation, members, templates, novelty, and what shall differ from the rest."""
    values: dict[str, Any] = {
        "title": "Untrained networks",
        "populated": np.ones((70, 6), bool),
        "calibration": {"ensemble_temperature": 1.0},
        "trust": {},
        "scores": {},
        "training": {},
        "licence": "BSD-3-Clause",
        "card": "# Untrained networks\n",
        "files": {},
    }
    return BundleContent(name=name, **{**values, **given})
