"""Facts that FITS headers of all families state in the same words: who, where, when, medium.

Source of the keywords: FITS standard 4.0 (OBJECT, DATE-OBS, INSTRUME), Paper III (AWAV, SPECSYS;
Greisen et al. 2006, A&A 446, 747), SDSS data model (VACUUM, HELIO_RV), BeSS rules, IRTF
(SPTYPE), ESO SDP standard (SPEC_RES). Knows no data.
"""

from __future__ import annotations

import re
from typing import Any, Final, Protocol

from spectra_gui.readers.found import SILENT, Claim
from spectra_gui.units import SPEED_OF_LIGHT_KMS

_PLACEHOLDERS: Final = frozenset(
    {"", "unknown", "none", "n/a", "target name", "object", "not available", "null", "-999"}
)


class Cards(Protocol):
    """What is asked of a header."""

    def get(self, key: str, default: Any = None) -> Any: ...
    def text(self, *keys: str) -> str: ...
    def number(self, *keys: str) -> float | None: ...
    def flag(self, key: str) -> bool | None: ...
    def remarks(self) -> list[str]: ...


def object_name(header: Cards) -> str:
    """The name of what was observed, or ""."""
    for key in ("OBJECT", "OBJNAME", "TARGNAME", "TARGETID", "STARNAME", "TARGET", "DESIG"):
        word = header.text(key)
        if word.lower() not in _PLACEHOLDERS:
            return word
    return ""


def facts(header: Cards) -> dict[str, Any]:
    """``mk_type``, ``ra_deg``, ``dec_deg``, ``date``, ``instrument``: those that are stated."""
    found: dict[str, Any] = {}
    mk_type = header.text("SPTYPE", "SP_TYPE", "SPECTYPE", "MKTYPE", "SPT", "SPTY", "SPTYPE_S")
    if mk_type and mk_type.lower() not in _PLACEHOLDERS:
        found["mk_type"] = mk_type
    position = coordinates(header)
    if position:
        found["ra_deg"], found["dec_deg"] = position
    date = header.text(
        "DATE-OBS", "DATE_OBS", "DATEOBS", "TDATEOBS", "OBSDATE", "DATE-BEG", "UTDATE"
    )
    if date:
        found["date"] = date
    telescope = header.text("TELESCOP")
    instrument = header.text("INSTRUME", "BSS_INST", "INSTR", "INSTRUMENT")
    if instrument or telescope:
        both = telescope and instrument and telescope.lower() not in instrument.lower()
        found["instrument"] = f"{telescope} {instrument}" if both else instrument or telescope
    return found


def coordinates(header: Cards) -> tuple[float, float] | None:
    """Right ascension and declination in degrees, or None."""
    pairs = (
        ("PLUG_RA", "PLUG_DEC"),
        ("RA_TARG", "DEC_TARG"),
        ("RA", "DEC"),
        ("RA_OBS", "DEC_OBS"),
        ("RADEG", "DECDEG"),
        ("MEANRA", "MEANDEC"),
        ("OBJCTRA", "OBJCTDEC"),
    )
    for ra_key, dec_key in pairs:
        ra, dec = _angle(header, ra_key), _angle(header, dec_key)
        if ra is None or dec is None:
            continue
        ra_deg = ra[0] * (15.0 if ra[1] else 1.0)
        if 0.0 <= ra_deg <= 360.0 and -90.0 <= dec[0] <= 90.0 and (ra_deg, dec[0]) != (0.0, 0.0):
            return ra_deg, dec[0]
    return None


def _angle(header: Cards, key: str) -> tuple[float, bool] | None:
    """The number and whether it was written in sixty parts."""
    parts = re.fullmatch(
        r"([+-]?)(\d{1,3})[: hd]+(\d{1,2})[: m']+(\d{1,2}(?:\.\d*)?)[s\"]?", header.text(key)
    )
    if parts:
        size = float(parts[2]) + float(parts[3]) / 60.0 + float(parts[4]) / 3600.0
        return (-size if parts[1] == "-" else size), True
    value = header.number(key)
    return None if value is None else (value, False)


def medium(header: Cards) -> Claim:
    """Air or vacuum where a keyword says so, else `SILENT`."""
    vacuum = header.flag("VACUUM")
    if vacuum is not None:
        return Claim("vacuum" if vacuum else "air", f"VACUUM = {'T' if vacuum else 'F'}")
    axis = header.text("CTYPE1").upper()
    if axis.startswith("AWAV"):
        return Claim("air", f"CTYPE1 = {axis}")
    if re.fullmatch(r"WAVE(-(LOG|LIN|TAB|GRI|GRA|[FAV]2W))?", axis):
        return Claim("vacuum", f"CTYPE1 = {axis} (in air it would be AWAV)")
    for key in ("AIRORVAC", "AIRVAC", "AIR_VAC", "WAVETYPE", "WAVEREF", "LAMBDTYP", "MEDIUM"):
        word = header.text(key).lower()
        if "vac" in word:
            return Claim("vacuum", f"{key} = {header.text(key)}")
        if re.search(r"\bair\b", word):
            return Claim("air", f"{key} = {header.text(key)}")
    words = header.text("WAT1_001").lower()
    if re.search(r"vacuum|\bvac\b", words):
        return Claim("vacuum", "WAT1_001 speaks of vacuum")
    if re.search(r"\bair\b", words):
        return Claim("air", "WAT1_001 speaks of air")
    for line in header.remarks():
        said = re.search(
            r"wavelength.{0,30}\b(?:in|are|is|=)\s+(?:in\s+)?(vacuum|air)\b", line, re.I
        )
        if said:
            return Claim(said[1].lower(), f"a comment says: {line[:60]}")
    return SILENT


_PIPELINES: Final = {
    "UVES": ("air", "", "the UVES pipeline calibrates in air"),
    "FEROS": ("air", "", "the FEROS pipeline calibrates in air"),
    "ELODIE": ("air", "", "ELODIE calibrates in air"),
    "CRIRES": ("vacuum", "observed", "the CRIRES pipeline gives vacuum, as observed"),
}


_SPACE: Final = frozenset({"HST", "JWST", "IUE", "FUSE", "SPITZER", "HUT", "EUCLID"})


def pipeline_habits(header: Cards) -> tuple[Claim, Claim]:
    """Medium and frame that an instrument's pipeline is known to write, as assumptions."""
    if header.text("TELESCOP").upper() in _SPACE:
        return Claim("vacuum", "seen from above the atmosphere", assumed=True), SILENT
    medium_word, frame_word, why = _PIPELINES.get(header.text("INSTRUME").upper(), ("", "", ""))
    return (
        Claim(medium_word, why, assumed=True) if medium_word else SILENT,
        Claim(frame_word, why, assumed=True) if frame_word else SILENT,
    )


_SPECSYS: Final = {
    "BARYCENT": "barycentric",
    "HELIOCEN": "barycentric",
    "TOPOCENT": "observed",
    "GEOCENTR": "observed",
    "SOURCE": "rest",
}


def frame(header: Cards) -> Claim:
    """Rest, barycentric (heliocentric counts as such) or observed, where a keyword says so."""
    system = header.text("SPECSYS").upper()
    if system[:8] in _SPECSYS:
        return Claim(_SPECSYS[system[:8]], f"SPECSYS = {system}")
    helio = header.flag("HELIO")
    if helio is not None:
        return Claim("barycentric" if helio else "observed", f"HELIO = {'T' if helio else 'F'}")
    if "HELIO_RV" in _keys(header, "HELIO_RV"):
        return Claim("barycentric", f"HELIO_RV = {header.text('HELIO_RV')} was applied")
    applied = header.number("BSS_VHEL")
    if applied is not None:
        if applied == 0.0:
            return Claim("observed", "BSS_VHEL = 0: no heliocentric correction")
        return Claim("barycentric", f"BSS_VHEL = {applied:g} km/s was applied")
    if header.text("HELCORR").upper() in ("COMPLETE", "PERFORM"):
        return Claim("barycentric", f"HELCORR = {header.text('HELCORR')}")
    return SILENT


def _keys(header: Cards, *keys: str) -> set[str]:
    return {key for key in keys if header.text(key)}


def resolving_power(header: Cards) -> tuple[float, str] | None:
    """λ/FWHM and the keyword that states it, or None."""
    for key in ("SPEC_RES", "SPE_RPOW", "SPECRES", "RESOLUTN", "SPECRP", "RP", "RES", "R"):
        value = header.number(key)
        if value is not None and 20.0 <= value <= 500_000.0:
            return value, key
    return None


def redshift_velocity(z: float) -> float:
    """The radial velocity (km/s) whose Doppler factor is 1 + z."""
    factor = (1.0 + z) ** 2
    return SPEED_OF_LIGHT_KMS * (factor - 1.0) / (factor + 1.0)


def stated_velocity(z: float | None, z_error: float | None) -> float | None:
    """Radial velocity of a pipeline's redshift, or None where it is a sign for "none"."""
    if z is None or not -0.9 < z < 10.0 or z == 0.0:
        return None
    if z_error is not None and z_error <= 0.0:
        return None
    return redshift_velocity(z)
