"""DESI coadds after https://desidatamodel.readthedocs.io (coadd-SURVEY-PROGRAM-PIXNUM)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from spectra_gui.readers import read

from .holding import holds, image, primary, table, write


def test_arms_of_the_targets(tmp_path: Path) -> None:
    hdus = [
        primary(),
        table(
            "FIBERMAP",
            TARGETID=np.array([39628443939243162, 8]),
            OBJTYPE=["TGT", "SKY"],
            TARGET_RA=np.array([10.0, 11.0]),
            TARGET_DEC=np.array([1.0, 2.0]),
        ),
    ]
    for letter, first in (("B", 3600.0), ("R", 5760.0), ("Z", 7520.0)):
        hdus += [
            image(first + 0.8 * np.arange(2701 if letter == "B" else 2200), f"{letter}_WAVELENGTH"),
            image(np.ones((2, 2701 if letter == "B" else 2200)), f"{letter}_FLUX"),
            image(np.full((2, 2701 if letter == "B" else 2200), 4.0), f"{letter}_IVAR"),
        ]
    reading = read(write(tmp_path, *hdus))
    spectrum = holds(
        reading,
        "desi",
        ends=(3600.0, 9279.2),
        points=2701 + 2200 + 2200 - 1,
        medium="vacuum",
        frame="barycentric",
        noise="ivar",
    )
    assert spectrum.name == "39628443939243162"
    assert spectrum.meta["ra_deg"] == 10.0


def test_one_arm_for_all(tmp_path: Path) -> None:
    waves = 3600.0 + 0.8 * np.arange(50)
    path = write(
        tmp_path,
        primary(),
        image(waves, "BRZ_WAVELENGTH"),
        image(np.ones((1, 50)), "BRZ_FLUX"),
        image(np.ones((1, 50)), "BRZ_IVAR"),
    )
    holds(
        read(path),
        "desi",
        ends=(3600.0, 3639.2),
        points=50,
        medium="vacuum",
        frame="barycentric",
        noise="ivar",
    )


def test_a_target_without_a_position_has_none(tmp_path: Path) -> None:
    place = {"TARGET_RA": np.array([np.nan, 11.0]), "TARGET_DEC": np.array([1.0, 2.0])}
    path = write(
        tmp_path,
        primary(),
        table("FIBERMAP", TARGETID=np.array([7, 8]), OBJTYPE=["TGT", "TGT"], **place),
        image(3600.0 + 0.8 * np.arange(50), "B_WAVELENGTH"),
        image(np.ones((2, 50)), "B_FLUX"),
        image(np.ones((2, 50)), "B_IVAR"),
    )
    first, second = read(path).spectra
    assert "ra_deg" not in first.meta
    assert (second.meta["ra_deg"], second.meta["dec_deg"]) == (11.0, 2.0)
