"""Every real file of the zoo against its manifest: right, or declined, never silently wrong.

The manifest is written for people; `_expected_medium` and its like read its words. Where the
manifest knows something that the file does not hold, the reading must say "unknown" or mark the
decision as assumed; these files are listed with the reason.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from spectra_gui.data import ReadError, Reading
from spectra_gui.readers import read
from tests.benchmarks.readers_beside import judge, ours

MANIFEST = "MANIFEST.csv"

DECLINED = {
    # Settings in JSON.
    "beltran_Alrescha_40s_profile.txt": "not_a_spectrum",
    # Coefficients, not fluxes.
    "gaia_XP_CONTINUOUS_RAW.xml": "unsupported",
    # Photometry in Hz, and a velocity axis: the manifest counts them and says: refuse.
    "iris_3c066aNED.vot": "not_a_spectrum",
    "specutils_gbt_1d.fits": "no_wavelength",
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


UNSAID = {
    # Where the manifest has no word on a field, or a word on something else.
    "medium": {"midas_sn1987a_pla0002.mt", "specutils_generic_spectra.fits"},
    "frame": {
        "astropy_spec.txt",
        "gaia_XP_SAMPLED_RAW_dr3int6.csv",
        "gaia_XP_SAMPLED_RAW_dr3int6.ecsv",
        "gaia_XP_SAMPLED_RAW_dr3int6.fits",
        "gaia_XP_SAMPLED_RAW_votable_dr3int6.xml",
        "galah_dr3_1311230030010961.fits",
        "iris_3c273.wuppe.fits",
        "kast_L00_kirkpatrick1999.txt",
        "kast_feg21.dat",
        "linetools_NGC4151sic2a.fits",
        "midas_sn1987a_pla0002.mt",
        "ppxf_spectra_sun_vega.npz",
        "pyspeckit_sample_sdss.txt",
        "sedkit_L3_spectrum.fits",
        "sedkit_Trappist-1_NIR.fits",
        "sedkit_spex-prism_2MASSWJ1439284+192915_20030523_BUR04B.txt.xml",
        "specdb_LRIS_b400_F.fits",
        "specutils_generic_spectra.fits",
        "specutils_spec1d.gds1312_H0.003.emp26177.fits",
        "splat_glikman_J0057.txt.gz",
        "starfish_Gl51.hdf5",
    },
}

SDSS_UNIT = "1E-17 erg/cm^2/s/Ang"
FLUX_UNITS = {
    # As the files spell them; all others state none.
    "apogee_apVisit-r13-5095-55844-128.fits": "Flux (10^-17 erg/s/cm^2/Ang)",
    "astropy_spec.txt": "ergs^-1cm^-2a^-1",
    "calspec_grw_70d5824_stisnic_005.fits": "FLAM",
    "desi_coadd-sv3-dark-26065.fits": SDSS_UNIT,
    "gaia_XP_SAMPLED_RAW_dr3int6.ecsv": "W.m**-2.nm**-1",
    "gaia_XP_SAMPLED_RAW_dr3int6.fits": "W.m**-2.nm**-1",
    "gaia_XP_SAMPLED_RAW_votable_dr3int6.xml": "W / (nm m2)",
    "harps_HARPS.2010-09-18T23_42_36.178_s1d_A.fits": "Relative Flux",
    "iris_3c273.wuppe.fits": "erg/s/cm2/Angstrom",
    "linetools_SDSSJ220248.31+123656.3.fits": SDSS_UNIT,
    "linetools_XShooter_XQ100.fits.gz": "erg s**(-1) cm**(-2) nm**(-1)",
    "pyspeckit_BD60596_merged.fits": "ergss-1cm-2A-1",
    "pyspeckit_sample_sdss.txt": "ergs^-1cm^-2a^-1",
    "sdss_spPlate-4055-55359-0020.fits": SDSS_UNIT,
    "sdss_spec-0266-51602-0031.fits": SDSS_UNIT,
    "sedkit_L3_spectrum.fits": "Wm-2um-1",
    "sedkit_Trappist-1_NIR.fits": "W m-2 um-1",
    "sedkit_spex-prism_2MASSWJ1439284+192915_20030523_BUR04B.txt.xml": "ERG/CM2/S/A",
    "specdb_COS_J095240.fits.gz": "erg /s /cm**2 /angstrom",
    "specreduce_science_spectrum.fits": "count nm-1",
    "specutils_UVES.fits": "ADU",
    "specutils_generic_spectra.fits": "erg/cm^2/s/Angstrom",
    "specutils_odbue5030_x1d.fits": "erg/s/cm**2/Angstrom",
    "synphot_k93_4500_0_5_rn_box.fits": "PHOTLAM",
}

TYPES_IN_THE_FILE = {
    "sedkit_L3_spectrum.fits": "L3.5",
    "sedkit_spex-prism_2MASSWJ1439284+192915_20030523_BUR04B.txt.xml": "Opt:L1",
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
    assert {case.file: case.error.code for case in zoo if case.error} == DECLINED
    for case in zoo:
        if case.error:
            assert case.error.reason.endswith(".")
            assert case.error.advice.endswith(".")


def test_no_word_of_the_manifest_is_passed_over(zoo: list[Case]) -> None:
    """Each file's fields are compared below, but for those of which nothing is said."""
    readers = {"medium": _expected_medium, "frame": _expected_frame}
    for field, expected in readers.items():
        passed_over = {c.file for c, _ in _read_cases(zoo) if not expected(c.row[field])}
        assert passed_over == UNSAID[field], field
    for case, _ in _read_cases(zoo):
        assert _expected_noise(case.row["uncertainty"]), case.file
        # Counts and ends of one release of LAMOST are left to its axis (below).
        bare = not case.row["wave_first_A"] or not case.row["n_points"]
        assert bare == case.file.startswith("lamost_dr5"), case.file


def test_number_of_spectra_and_points(zoo: list[Case]) -> None:
    wrong = []
    for case, reading in _read_cases(zoo):
        expected = COUNTED_OTHERWISE.get(case.file)
        n_spectra = expected[0] if expected else int(case.row["n_spectra"])
        n_points = expected[1] if expected else int(case.row["n_points"] or 0)
        lengths = {len(s) for s in reading.spectra}
        # An order of this echelle is cut off in the blue.
        lengths -= {1278} if case.file == "specutils_Combined.fits" else set()
        if len(reading.spectra) != n_spectra or (n_points and lengths != {n_points}):
            wrong.append((case.file, len(reading.spectra), lengths, (n_spectra, n_points)))
    assert wrong == []


def test_axes_that_the_manifest_leaves_to_the_header(zoo: list[Case]) -> None:
    """LAMOST DR5: COEFF0 and COEFF1 in steps of 1e-4, from about 3700 to 9100 Å."""
    cases = [(c, r) for c, r in _read_cases(zoo) if c.file.startswith("lamost_dr5")]
    assert len(cases) == 10
    for case, reading in cases:
        wavelength = reading.spectra[0].wavelength_aa
        np.testing.assert_allclose(np.diff(np.log10(wavelength)), 1e-4, rtol=1e-6)
        assert 3690.0 < wavelength[0] < 3720.0, case.file
        assert 9050.0 < wavelength[-1] < 9110.0, case.file


def test_units_of_flux_are_kept_as_spelt(zoo: list[Case]) -> None:
    """That of another column, such as counts beside a flux, would be a flux read wrong."""
    found = {c.file: {s.flux_unit for s in r.spectra} for c, r in _read_cases(zoo)}
    assert found == {file: {FLUX_UNITS.get(file, "")} for file in found}


def test_types_that_the_file_states(zoo: list[Case]) -> None:
    found = {
        case.file: spectrum.meta["mk_type"]
        for case, reading in _read_cases(zoo)
        for spectrum in reading.spectra
        if "mk_type" in spectrum.meta
    }
    assert found == TYPES_IN_THE_FILE


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


def test_the_comparison_with_specutils_finds_nothing_wrong_with_ours(
    zoo: list[Case], shared_data: Path
) -> None:
    judged = {c.file: judge(ours, shared_data / "originals" / c.file, c.row) for c in zoo}
    wrong = {file: entry for file, entry in judged.items() if entry.verdict != "right"}
    # Those without ends in the manifest are no part of the comparison.
    assert {file for file in wrong if not file.startswith("lamost_dr5")} == set()


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
        for s in reading.spectra
    ]
    assert [c for c in complaints if c] == []


def test_frame(zoo: list[Case]) -> None:
    complaints = [
        _judge(case, "frame", s.frame, _expected_frame(case.row["frame"]), "Frame")
        for case, reading in _read_cases(zoo)
        for s in reading.spectra
    ]
    assert [c for c in complaints if c] == []


def test_kind_of_uncertainty(zoo: list[Case]) -> None:
    wrong = []
    for case, reading in _read_cases(zoo):
        words = case.row["uncertainty"]
        stated = NOISE_JUDGED_OTHERWISE.get(case.file) or _expected_noise(words)
        found = next(d.value for d in reading.decisions if d.subject == "Uncertainty")
        has_sigma = {s.sigma is not None for s in reading.spectra}
        if found != stated or has_sigma != {stated != "none"}:
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
