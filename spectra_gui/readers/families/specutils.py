"""The last door: any format that specutils knows, named by a person; and specutils objects.

Source: https://specutils.readthedocs.io/en/stable/spectrum.html and the list of loaders,
https://specutils.readthedocs.io/en/stable/custom_loading.html . A file comes here only where the
reader ``specutils:FORMAT`` was asked for (``specutils:APOGEE apStar``): left to guess, specutils
takes files for what they are not. Units, uncertainties (std, var, ivar) and masks are carried;
medium and frame only where a FITS header came along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from spectra_gui.data import Override
from spectra_gui.readers import headers
from spectra_gui.readers.found import NO_NOISE, SILENT, Claim, Found, Piece
from spectra_gui.readers.probe import Probe
from spectra_gui.readers.settle import bad_override
from spectra_gui.readers.views import Facts

NAME: Final = "specutils"
TAKES: Final[frozenset[str]] = frozenset()

_NOISE_KINDS: Final = {"std": "sigma", "var": "variance", "ivar": "ivar"}
_MAX_ROWS: Final = 100_000


def sniff(probe: Probe) -> bool:
    """Never by itself: specutils reads what a person names."""
    return False


def read(probe: Probe, override: Override) -> Found:
    """The spectra that specutils' loader of the named format gives."""
    wanted = (override.reader or "").partition(":")[2].strip()
    known = _loaders()
    name = next((k for k in known if k.lower() == wanted.lower()), None)
    if name is None:
        raise bad_override(
            f"specutils has no format {wanted!r}" if wanted else "specutils needs its format named",
            f"Write specutils:FORMAT; there are: {', '.join(known)}.",
        )
    try:
        objects = _load(probe.path, name)
        return found_in_objects(objects, f"{name} (by specutils)", f"reader specutils:{name}")
    except Exception as error:  # Loaders of specutils raise whatever they meet.
        first = (str(error).splitlines() or [""])[0][:200]
        raise probe.fail(
            "unsupported",
            f"specutils cannot read {probe.name} as {name} ({type(error).__name__}: {first}).",
            "Name another of its formats, or leave the reader open.",
        ) from error


def _loaders() -> list[str]:
    from astropy.io import registry
    from specutils import Spectrum, SpectrumList

    names = {row["Format"] for make in (Spectrum, SpectrumList) for row in _table(registry, make)}
    return sorted(str(name) for name in names)


def _table(registry: Any, make: Any) -> Any:
    return registry.get_formats(make, readwrite="Read")


def _load(path: str, name: str) -> list[Any]:
    """Spectra by the loader of lists, which most formats have, else by that of one spectrum."""
    from astropy.io import registry
    from specutils import Spectrum, SpectrumList

    listed = {str(row["Format"]) for row in _table(registry, SpectrumList)}
    if name in listed:
        return list(SpectrumList.read(path, format=name))
    return [Spectrum.read(path, format=name)]


def found_in(value: Any) -> Found | None:
    """The spectra of a specutils ``Spectrum``, ``SpectrumCollection`` or a list of them; None for
    a value of another make.
    """
    objects = [value] if hasattr(value, "spectral_axis") else value
    if not isinstance(objects, Iterable) or isinstance(objects, str | bytes | Mapping):
        return None
    spectra = list(objects)
    if not spectra or not all(hasattr(s, "spectral_axis") and hasattr(s, "flux") for s in spectra):
        return None
    return found_in_objects(spectra, f"specutils {type(value).__name__}", "a Python object")


def found_in_objects(objects: Iterable[Any], description: str, evidence: str) -> Found:
    """The spectra of specutils objects.

    Raises ``ReadError`` (``no_wavelength``, by `settle`) for axes of pixels, and astropy's
    ``UnitConversionError`` for other axes that are no light.
    """
    from astropy import units

    found = Found(description, evidence, [])
    media: list[Claim] = []
    frames: list[Claim] = []
    kinds: list[str] = []
    for spectrum in objects:
        axis, found.unit = _axis(spectrum, units)
        header = _facts(spectrum)
        media.append(headers.medium(header))
        frames.append(headers.frame(header))
        kinds.append(_add_rows(spectrum, axis, header, found))
    found.medium = media[0] if media and len({m.value for m in media}) == 1 else SILENT
    found.frame = frames[0] if frames and len({f.value for f in frames}) == 1 else SILENT
    same = len(set(kinds)) == 1
    if same and kinds[0] in _NOISE_KINDS:
        found.noise = Claim(_NOISE_KINDS[kinds[0]], f"uncertainty of type {kinds[0]}")
    else:
        found.noise = NO_NOISE
        if not same:
            found.warnings.append("The spectra state uncertainties of several kinds; none is used.")
    if any(piece.bad is not None for piece in found.pieces):
        found.mask = Claim("", "the mask of the object, True = bad")
    return found


def _axis(spectrum: Any, units: Any) -> tuple[np.ndarray[Any, np.dtype[np.float64]], Claim]:
    axis = spectrum.spectral_axis
    if axis.unit == units.pix:
        return np.asarray(axis.value, np.float64), Claim("pixel", "unit of the spectral axis")
    aa = units.Quantity(axis).to_value(units.AA, equivalencies=units.spectral())
    return np.asarray(aa, np.float64), Claim("angstrom", f"spectral axis in {axis.unit}")


def _facts(spectrum: Any) -> Facts:
    meta = spectrum.meta if isinstance(spectrum.meta, Mapping) else {}
    cards: dict[str, Any] = {}
    for part in (meta.get("primary_header"), meta.get("header"), meta):
        if part is not None and hasattr(part, "items"):
            cards.update({str(k): v for k, v in part.items() if isinstance(v, str | int | float)})
    return Facts(cards)


def _add_rows(spectrum: Any, axis: Any, header: Facts, found: Found) -> str:
    """Put each row of the flux on ``found``; gives the type of the uncertainty."""
    flux = np.atleast_2d(np.asarray(spectrum.flux.value, np.float64))
    flux = flux.reshape((-1, flux.shape[-1]))[:_MAX_ROWS]
    waves = np.atleast_2d(axis)
    uncertainty = spectrum.uncertainty
    kind = str(getattr(uncertainty, "uncertainty_type", "none"))
    noise = None
    if kind in _NOISE_KINDS:
        noise = np.asarray(uncertainty.array, np.float64).reshape((-1, flux.shape[-1]))
    mask = getattr(spectrum, "mask", None)
    bad = None if mask is None else np.asarray(mask, bool).reshape((-1, flux.shape[-1]))
    velocity = _velocity(spectrum)
    for row in range(flux.shape[0]):
        name = headers.object_name(header)
        found.pieces.append(
            Piece(
                axis=waves[row] if row < waves.shape[0] else waves[0],
                flux=flux[row],
                noise=None if noise is None or row >= len(noise) else noise[row],
                bad=None if bad is None or row >= len(bad) else bad[row],
                name=f"{name} row {row}".strip() if flux.shape[0] > 1 else name,
                flux_unit=str(spectrum.flux.unit),
                row=len(found.pieces),
                velocity_kms=velocity,
                meta=headers.facts(header),
            )
        )
    if velocity is not None:
        found.velocity = Claim(f"{velocity:.1f} km/s", "radial velocity of the object")
    return kind


def _velocity(spectrum: Any) -> float | None:
    """The radial velocity that a person gave the object; zero is what specutils fills in."""
    try:
        value = float(spectrum.radial_velocity.to_value("km/s"))
    except (AttributeError, TypeError, ValueError):
        return None
    return value if np.isfinite(value) and value != 0.0 else None
