"""Which column of a table is the wavelength, which the flux, and what else there is.

By utype (IVOA Spectrum data model 1.1, https://www.ivoa.net/documents/SpectralDM/), then UCD,
then name. Knows column descriptions, no data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

_WAVE: Final = (
    r"^(vacuum_?|vac_?)?(wave|wavelengths?|wave_?len\w*|lambdas?|lam|wls?|waves|wl_?\w{0,3}|wv|"
    r"wavel|lambda_?\w{0,9}|λ|ll|wlen|wavevac|spectral_axis)$",
    r"^(log_?(lam\w*|wave\w*|wl)|loglambda|lglam)$",
    r"^(wave|lambda|wl)[\W_]?(vac\w*|air|aa?|ang\w*|nm|um|micron\w*|µm|obs|rest|opt)$",
    r"^(wave|lambda|wl)[\W_]?(helio|bary)\w*$",
    r"^(wavelength|wave|lambda)\b.*$",
    r"^(ln_?(lam\w*|wave\w*|wl)|wave_?num(ber)?s?|arg)$",
    r"^(freq(uency)?|energy)$",
    r"^(obs|observed|rest|air|vacuum|bary)_?(wave|lambda|lam|wl)\w*$",
)
_FLUX: Final = (
    r"^(flux|fluxes|fls|fl|flam|f_?lambda|f_lam|spec|spectrum|intensity|int|inten|i|relint|"
    r"rel_?int\w*|flux_?density|fluxden\w*|f|y|nflam|surface_?flux|f_?lam\w*|norm_?flux|"
    r"normalized_?flux|flux_?norm\w*|flambda|flux_?cal\w*|sflux)$",
    r"^(flux_?reduced|flux_?el|flux_dr|flux_\d+|fluxlam|flux_?obs|flux_sc)$",
    r"^(flux|intensity|spec|extracted|surface flux)\b.*$",
    r"^(extracted|flux)_.*$",
    # Counts stand beside a flux that was made of them (GROSS, NET and FLUX of STIS).
    r"^(counts?|net|data|signal|fun)$",
)
_SIGMA: Final = (
    r"^(err|error|errs|errors|sig|sigma|sigmas|sig_?flux|e_?flux|err_?flux|flux_?err(or)?|"
    r"error_?flux|stat_?err(or)?|statistical_?err\w*|uncertainty|uncert|unc|noise|std|stddev|"
    r"dflux|flux_?sig\w*|flux_?unc\w*|sigma_?flux|eflux|ferr|errflux|std_?dev|rms|sigma_?f\w*|"
    r"flux_?std)$",
    r"^(f|fl|flam|f_?lam\w*|flux_?lam\w*|int\w*)_(err(or)?s?|unc\w*|sig(ma)?|std)$",
    r"^(e|err|sig(ma)?|d)_?(f|fl|flam|f_?lam\w*|int\w*)$",
)
_IVAR: Final = (r"^(ivar|invvar|inv_?var\w*|flux_?ivar|ivar_?flux|inverse_?variance|weights?)$",)
_VARIANCE: Final = (r"^(var|variance|flux_?var\w*|var_?flux)$",)
_RELATIVE: Final = (
    r"^(rel(ative)?|frac(tional)?)_?(flux_?)?(err(or)?s?|unc\w*|sig(ma)?|noise|std)$",
    r"^(flux_?)?(err(or)?s?|unc\w*|sigma)_?(rel(ative)?|frac(tion\w*)?)$",
)
_NO_FLUX: Final = (
    r"^(sky|back(ground)?|bkg|bg|raw|resp(onse)?|sens\w*|efficiency|throughput|trans\w*|tell\w*|"
    r"cont(inuum)?|blaze|flat|resid\w*|snr?|s_?n|s/n|pix(els?)?|index|idx|row|"
    r"order|disp\w*|fwhm|res(olution)?|velocity|airmass|ext\w*|exp(time|osure)?|n|num\w*)$",
)
_MODEL: Final = (r"^(model\w*|fit\w*|best_?fit\w*|synth\w*|template)$",)
_MASK: Final = (
    r"^(mask|masks|dq|qual|quality|flags?|and_?mask|dataqual|bad|bpm|badpix\w*|good(_?pix\w*)?|"
    r"valid)$",
)


class Column(Protocol):
    """What is asked of a column."""

    @property
    def name(self) -> str: ...
    @property
    def utype(self) -> str: ...
    @property
    def ucd(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Roles:
    """Indices of the columns; None where there is none. ``noise_kind`` as `Found.noise`."""

    wavelength: int | None
    flux: int | None
    noise: int | None
    noise_kind: str
    mask: int | None
    evidence: str


def assign(columns: Sequence[Column]) -> Roles:
    """The roles of columns."""
    wavelength, evidence = _by_utype(columns, "spectralaxis.value"), "utype"
    flux = _by_utype(columns, "fluxaxis.value")
    if wavelength is None:
        wavelength, evidence = _by_name(columns, _WAVE), "name"
    if wavelength is None:
        wavelength, evidence = _by_ucd(columns, "em.wl"), "UCD"
    taken = {wavelength}
    if flux is None:
        flux = _by_name(columns, _FLUX, taken)
    if flux is None:
        flux = _by_ucd(columns, "phot.flux", taken)
    taken.add(flux)
    noise, kind = _by_utype(columns, "fluxaxis.accuracy.staterror"), "sigma"
    for patterns, name in (
        *((_SIGMA, "sigma"), (_IVAR, "ivar"), (_VARIANCE, "variance"), (_RELATIVE, "relative")),
    ):
        if noise is None:
            noise, kind = _by_name(columns, patterns, taken), name
    if noise is None and (noise := _error_by_ucd(columns, {*taken, noise})) is not None:
        kind = "sigma"
    if noise is None:
        kind = "none"
    mask = _by_utype(columns, "fluxaxis.accuracy.qualitystatus")
    if mask is None:
        mask = _by_name(columns, _MASK, {*taken, noise})
    return Roles(wavelength, flux, noise, kind, mask, evidence)


def is_no_flux(name: str) -> bool:
    """Whether a column says by its name that it holds something else than a spectrum."""
    patterns = (*_NO_FLUX, *_MODEL, *_SIGMA, *_IVAR, *_VARIANCE, *_RELATIVE, *_MASK)
    return _is_named(name, patterns)


def is_model(name: str) -> bool:
    """Whether a column says by its name that it holds a spectrum that was computed."""
    return _is_named(name, _MODEL)


def _is_named(name: str, patterns: tuple[str, ...]) -> bool:
    return any(re.match(pattern, name.strip().lower()) for pattern in patterns)


def is_order(name: str) -> bool:
    """Whether a column says by its name that it numbers echelle orders."""
    pattern = r"(echelle|ech|sp)?_?(order|ord)_?(num|number|no|nr|id)?"
    return bool(re.fullmatch(pattern, name.strip(), re.I))


def flag_meaning(name: str) -> str:
    """``good`` or ``bad``, where the name of a column of flags says what one that is set means."""
    word = name.strip().lower()
    if re.match(r"(is_?)?(good|valid|ok|use)", word):
        return "good"
    return "bad" if re.match(r"(is_?)?(bad|bpm|invalid)", word) else ""


def noise_kind(name: str) -> str:
    """The kind of uncertainty that a column's name stands for; ``sigma`` unless it says so."""
    for patterns, kind in ((_IVAR, "ivar"), (_VARIANCE, "variance"), (_RELATIVE, "relative")):
        if _is_named(name, patterns):
            return kind
    return "sigma"


def _by_utype(columns: Sequence[Column], ending: str) -> int | None:
    for i, column in enumerate(columns):
        if column.utype.lower().replace(" ", "").endswith(ending):
            return i
    return None


def _by_ucd(
    columns: Sequence[Column], start: str, taken: set[int | None] | None = None
) -> int | None:
    for i, column in enumerate(columns):
        if column.ucd.lower().startswith(start) and i not in (taken or set()):
            return i
    return None


def _error_by_ucd(columns: Sequence[Column], taken: set[int | None]) -> int | None:
    """The column whose UCD says that it is the error of a flux (or just an error)."""
    for i, column in enumerate(columns):
        words = column.ucd.lower().split(";")
        of_flux = len(words) == 1 or words[1].startswith("phot")
        if i not in taken and words[0] == "stat.error" and of_flux:
            return i
    return None


def _by_name(
    columns: Sequence[Column], patterns: tuple[str, ...], taken: set[int | None] | None = None
) -> int | None:
    for pattern in patterns:
        for i, column in enumerate(columns):
            bare = re.sub(r"\s*[\[(].*?[\])]\s*", "", column.name).strip().lower()
            if i not in (taken or set()) and re.match(pattern, bare):
                return i
    return None
