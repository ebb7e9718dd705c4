"""Every real file of the zoo against its manifest: right, or declined, never silently wrong.

The manifest is written for people; `_expected_medium` and its like read its words. Where the
manifest knows something that the file does not hold, the reading must say "unknown" or mark the
decision as assumed; these files are listed with the reason.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from spectra_gui.data import ReadError, Reading
from spectra_gui.readers import read

MANIFEST = "MANIFEST.csv"

DECLINED = {
    "beltran_Alrescha_40s_profile.txt": "settings in JSON",
    "gaia_XP_CONTINUOUS_RAW.xml": "coefficients, not fluxes",
    "iris_3c066aNED.vot": "photometry in Hz; the manifest counts it and says: refuse",
    "specutils_gbt_1d.fits": "a velocity axis; the manifest counts it and says: refuse",
}

COUNTED_OTHERWISE = {
    "desi_coadd-sv3-dark-26065.fits": (
        # The manifest counts five rows and the pixels of three arms. Three rows have OBJTYPE
        # SKY or blank and no data (its notes: must be skipped); 51 and 126 pixels are in two
        # arms at the same wavelengths and are averaged: 7958 - 177.
        2,
        7781,
    ),
}

NOISE_JUDGED_OTHERWISE = {
    # "sigma? HDU1": the scatter of the flux is 1/sqrt(HDU1) all along, from .89 where HDU1 is
    # .50 to .16 where it is 18.5, so HDU1 holds inverse variances.
    "linetools_SDSSJ220248.31+123656.3.fits": "ivar",
}

ONLY_KNOWN_FROM_OUTSIDE = {
    ("rrlfe_AR_Per_01.dat", "medium"): "three bare columns",
    ("rrlfe_AR_Per_01.dat", "frame"): "three bare columns",
    ("rrlfe_sdss_spec-0266-51630-0197g001.dat", "frame"): "three bare columns",
    ("ppxf_spectra_sun_vega.npz", "medium"): "three bare arrays",
}


@dataclass
class Case:
    row: dict[str, str]
    reading: Reading | None
    error: ReadError | None

    @property
    def file(self) -> str:
        return self.row["file"]

    def assumed(self, subject: str) -> bool:
        assert self.reading is not None
        return next(d.assumed for d in self.reading.decisions if d.subject == subject)


@pytest.fixture(scope="module")
def zoo(shared_data: Path) -> list[Case]:
    folder = shared_data / "originals"
    cases = []
    with (folder / MANIFEST).open(newline="") as stream:
        for row in csv.DictReader(stream):
            try:
                cases.append(Case(row, read(folder / row["file"]), None))
            except ReadError as error:
                cases.append(Case(row, None, error))
    assert len(cases) > 70
    return cases


def _read_cases(zoo: list[Case]) -> list[tuple[Case, Reading]]:
    return [(case, case.reading) for case in zoo if case.reading is not None]


def test_only_files_without_an_optical_spectrum_are_declined(zoo: list[Case]) -> None:
    assert {case.file for case in zoo if case.error} == set(DECLINED)
    for case in zoo:
        if case.error:
            assert case.error.code in ("not_a_spectrum", "no_wavelength", "unsupported")
            assert case.error.reason.endswith(".")
            assert case.error.advice.endswith(".")


def test_number_of_spectra_and_points(zoo: list[Case]) -> None:
    wrong = []
    for case, reading in _read_cases(zoo):
        expected = COUNTED_OTHERWISE.get(case.file)
        n_spectra = expected[0] if expected else int(case.row["n_spectra"])
        n_points = expected[1] if expected else int(case.row["n_points"] or 0)
        found = (len(reading.spectra), len(reading.spectra[-1]))
        if found[0] != n_spectra or (n_points and found[1] != n_points):
            wrong.append((case.file, found, (n_spectra, n_points)))
    assert wrong == []


def test_wavelength_ends(zoo: list[Case]) -> None:
    """Of the last spectrum (the manifest's way for orders), or of all of them together."""
    wrong = []
    for case, reading in _read_cases(zoo):
        if not case.row["wave_first_A"]:
            continue
        stated = sorted((float(case.row["wave_first_A"]), float(case.row["wave_last_A"])))
        last = reading.spectra[-1].wavelength_aa
        firsts = min(float(s.wavelength_aa[0]) for s in reading.spectra)
        lasts = max(float(s.wavelength_aa[-1]) for s in reading.spectra)
        candidates = [(float(last[0]), float(last[-1])), (firsts, lasts)]
        if not any(ends == pytest.approx(stated, rel=1e-5) for ends in candidates):
            wrong.append((case.file, candidates, stated))
    assert wrong == []


def _judge(case: Case, field: str, found: str, stated: str, subject: str) -> str:
    """A complaint, or ""."""
    if not stated:
        return ""
    if stated == "?":
        sound = found == "unknown" or case.assumed(subject)
    elif (case.file, field) in ONLY_KNOWN_FROM_OUTSIDE:
        sound = found == "unknown"
    else:
        sound = found == stated
    return "" if sound else f"{case.file}: {found}, expected {stated} ({case.row[field]})"


def _expected_medium(words: str) -> str:
    if "?" in words:
        return "?"
    return next((medium for medium in ("air", "vacuum") if words.startswith(medium)), "")


def _expected_frame(words: str) -> str:
    if "?" in words:
        return "?"
    meanings = {
        "topocentric": "observed",
        "observatory": "observed",
        "heliocentric": "barycentric",
        "barycentric": "barycentric",
        "rest": "rest",
        "not stated": "unknown",
    }
    return next((frame for word, frame in meanings.items() if words.startswith(word)), "")


def _expected_noise(words: str) -> str:
    lower = words.lower()
    for word in ("relative", "variance", "absent", "ivar", "not sigma", "nan everywhere", "none"):
        if word in lower and "0 = none" not in lower:
            return word if word in ("relative", "variance", "ivar") else "none"
    return "sigma" if any(w in lower for w in ("sigma", "column 3", "staterror")) else ""


def test_medium(zoo: list[Case]) -> None:
    complaints = [
        _judge(case, "medium", s.medium, _expected_medium(case.row["medium"]), "Medium")
        for case, reading in _read_cases(zoo)
        for s in reading.spectra[-1:]
    ]
    assert [c for c in complaints if c] == []


def test_frame(zoo: list[Case]) -> None:
    complaints = [
        _judge(case, "frame", s.frame, _expected_frame(case.row["frame"]), "Frame")
        for case, reading in _read_cases(zoo)
        for s in reading.spectra[-1:]
    ]
    assert [c for c in complaints if c] == []


def test_kind_of_uncertainty(zoo: list[Case]) -> None:
    wrong = []
    for case, reading in _read_cases(zoo):
        words = case.row["uncertainty"]
        stated = NOISE_JUDGED_OTHERWISE.get(case.file) or _expected_noise(words)
        found = next(d.value for d in reading.decisions if d.subject == "Uncertainty")
        has_sigma = reading.spectra[-1].sigma is not None
        if found != stated or has_sigma != (stated != "none"):
            wrong.append((case.file, found, words))
    assert wrong == []


def test_every_reading_says_how_it_was_made(zoo: list[Case]) -> None:
    subjects = {
        "Format",
        "Wavelength unit",
        "Wavelength scale",
        "Medium",
        "Frame",
        "Uncertainty",
        "Mask",
        "Resolution",
    }
    for case, reading in _read_cases(zoo):
        assert subjects <= {d.subject for d in reading.decisions}, case.file
        assert all(d.value and d.evidence for d in reading.decisions), case.file
        keys = {choice.key for choice in reading.choices}
        assert {"wavelength_unit", "medium", "frame", "reader"} <= keys, case.file


def test_what_the_traps_say(zoo: list[Case]) -> None:
    """Points of the manifest's notes that counts and ends do not show."""
    by_file = {case.file: reading for case, reading in _read_cases(zoo)}
    harps = by_file["fasma_HARPS.GBOG_Procyon.fits"].spectra[0]
    assert int(harps.bad.sum()) == 3295
    spextool = by_file["sedkit_L3_spectrum.fits"].spectra[0]
    assert spextool.meta["mk_type"] == "L3.5"
    assert spextool.bad.any()
    early, late = (
        next(d for d in by_file[name].decisions if d.subject == "Third row")
        for name in (
            "lamost_spec-55862-B6212_sp06-003.fits",
            "lamost_spec-58783-S82048N00B2_sp10-145.fits.gz",
        )
    )
    assert "not used" in early.value
    assert late.value.startswith("wavelength")
    assert by_file["pickles_pyhdust_a0v.dat"].format.startswith("Pickles")
    photons = by_file["synphot_k93_4500_0_5_rn_box.fits"]
    assert any(d.subject == "Flux" for d in photons.decisions)
    for reading in by_file.values():
        assert all(len(s) >= 2 for s in reading.spectra)
