"""Lines and bands that MK classification looks at, with their sources.

Wavelengths are kept in standard air, as the classification literature quotes them, and turned to
vacuum by `spectra_gui.units`. Knows no spectrum: telluric bands stand at the wavelengths of the
observatory, all others at rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from spectra_gui.data.minor_lines import LINE_LISTS, MINOR_LINES
from spectra_gui.units import air_to_vacuum

LineKind = Literal["line", "band", "interstellar", "telluric"]
AxisMedium = Literal["air", "vacuum"]

NIST: Final = "Kramida et al., NIST Atomic Spectra Database 5.12"
GRAY: Final = "Gray & Corbally 2009, Stellar Spectral Classification"
HEADS: Final = "Pearse & Gaydon 1976, The Identification of Molecular Spectra"
REID: Final = "Reid et al. 1995, AJ 110, 1838"
KIRKPATRICK: Final = "Kirkpatrick et al. 1991, ApJS 77, 417"
DIB: Final = "Hobbs et al. 2009, ApJ 705, 32"
SKY: Final = "Wallace et al. 2011, ApJS 195, 6 (telluric part of the solar atlas)"


@dataclass(frozen=True, slots=True)
class Line:
    """One line or band.

    Attributes
    ----------
    name : unique, e.g. ``"Fe I 4383"``; ``label`` is the short form for crowded plots, ``"Fe I"``
    air_aa : rest wavelength in standard air, Å; the head of a band
    extent_air_aa : where a band absorbs, Å in air; both ends equal ``air_aa`` for a line
    rank : 1 for the lines to show first, 4 for those to drop first
    letters : the spectral classes in which it can be seen, e.g. ``"OB"``
    """

    name: str
    air_aa: float
    extent_air_aa: tuple[float, float]
    kind: LineKind
    rank: int
    source: str
    letters: str

    @property
    def label(self) -> str:
        return re.sub(r"(?<=\S) \d{4}$", "", self.name)

    @property
    def vacuum_aa(self) -> float:
        """Wavelength in vacuum, Å."""
        return float(air_to_vacuum(np.array(self.air_aa)))

    @property
    def width_aa(self) -> float:
        """How far a band reaches, Å; 0 for a line."""
        return self.extent_air_aa[1] - self.extent_air_aa[0]

    def wavelength_aa(self, medium: AxisMedium) -> float:
        """Wavelength of the line or band head in ``medium``, Å."""
        return self.air_aa if medium == "air" else self.vacuum_aa


def lines_between(low_aa: float, high_aa: float, medium: AxisMedium) -> tuple[Line, ...]:
    """Lines and bands of which any part lies between two wavelengths in ``medium``, ordered."""
    table = positions_aa(medium)
    inside = (table[:, 2] >= low_aa) & (table[:, 1] <= high_aa)
    return tuple(LINES[i] for i in np.flatnonzero(inside))


BALMER: Final = ("Hα", "Hβ", "Hγ", "Hδ", "Hε", "H8", "H9")

BROAD_IN: Final = "BAF"
BALMER_WING_AA: Final = 15.0
"""Half the width over which Stark broadening depresses the flux of B to early F dwarfs at the few
ångströms of a classification spectrum (Gray & Corbally 2009, chapters 3 to 5)."""


def nearest_line(
    wavelength_aa: float, medium: AxisMedium, tolerance_aa: float, *, letters: str = ""
) -> Line | None:
    """What lies at a wavelength in ``medium``, or None where nothing is within the tolerance.

    With ``letters`` only lines count that can be seen in one of these spectral classes.
    Where nothing is, a Balmer line counts whose wings reach there, if ``letters`` has such a class.
    A line goes before a band that covers it, and a telluric band is named only where nothing
    stellar is; among the like, the nearest counts (of two bands that cover the place, the one
    with the nearer head), and at equal distance the more important.
    """
    table = positions_aa(medium)
    outside = np.maximum(0.0, np.maximum(table[:, 1] - wavelength_aa, wavelength_aa - table[:, 2]))
    near = [
        int(i)
        for i in np.flatnonzero(outside <= tolerance_aa)
        if not letters or set(letters) & set(LINES[int(i)].letters)
    ]
    if not near:
        return _broad_line(wavelength_aa, table, letters)

    def order(index: int) -> tuple[int, float, float, int]:
        line = LINES[index]
        to_head = abs(float(table[index, 0]) - wavelength_aa)
        return (_BEFORE[line.kind], float(outside[index]), to_head, line.rank)

    return LINES[min(near, key=order)]


def _broad_line(wavelength_aa: float, table: NDArray[np.float64], letters: str) -> Line | None:
    """The Balmer line in whose wings a place lies, in the classes where they are broad."""
    if not set(letters) & set(BROAD_IN):
        return None
    off = np.abs(table[:, 0] - wavelength_aa)
    near = [i for i, line in enumerate(LINES) if line.name in BALMER and off[i] <= BALMER_WING_AA]
    return LINES[min(near, key=lambda i: float(off[i]))] if near else None


_BEFORE: Final = {"line": 0, "band": 1, "interstellar": 2, "telluric": 3}


@cache
def positions_aa(medium: AxisMedium) -> NDArray[np.float64]:
    """(n_lines, 3) Å in ``medium``: head, low end, high end."""
    table = np.array([(line.air_aa, *line.extent_air_aa) for line in LINES])
    return table if medium == "air" else air_to_vacuum(table)


# name, air Å, rank; NIST ASD observed or Ritz wavelengths. Multiplets that no classification
# spectrum resolves stand at the mean of their components weighted by g f.
_ATOMIC: Final = (
    ("H9", 3835.38, 3), ("H8", 3889.05, 2), ("Hε", 3970.07, 2), ("Hδ", 4101.74, 1),
    ("Hγ", 4340.47, 1), ("Hβ", 4861.33, 1), ("Hα", 6562.80, 1), ("Ca II K", 3933.66, 1),
    ("Ca II H", 3968.47, 1), ("Ca I 4227", 4226.73, 1), ("Ca I 4435", 4434.96, 4),
    ("Ca I 4455", 4454.78, 3), ("Ca I 5589", 5588.75, 4), ("Ca I 6103", 6102.72, 4),
    ("Ca I 6122", 6122.22, 4), ("Ca I 6162", 6162.17, 3), ("Ca I 6439", 6439.07, 4),
    ("Ca I 6463", 6462.57, 4), ("Ca II 8498", 8498.02, 2), ("Ca II 8542", 8542.09, 1),
    ("Ca II 8662", 8662.14, 1), ("He I 3820", 3819.61, 3), ("He I 4009", 4009.26, 4),
    ("He I 4026", 4026.19, 2), ("He I 4121", 4120.82, 3), ("He I 4144", 4143.76, 4),
    ("He I 4388", 4387.93, 2), ("He I 4471", 4471.48, 1), ("He I 4713", 4713.15, 3),
    ("He I 4922", 4921.93, 3), ("He I 5016", 5015.68, 4), ("He I 5048", 5047.74, 4),
    ("He I 5876", 5875.62, 2), ("He I 6678", 6678.15, 2), ("He I 7065", 7065.19, 3),
    ("He II 4200", 4199.83, 2), ("He II 4542", 4541.59, 1), ("He II 4686", 4685.70, 1),
    ("He II 5412", 5411.52, 2), ("C II 4267", 4267.15, 3), ("C II 6578", 6578.05, 4),
    ("C II 6583", 6582.88, 4), ("C III 4070", 4069.24, 4), ("C III 4647", 4647.42, 3),
    ("C III 4650", 4650.25, 2), ("N II 3995", 3995.00, 3), ("N II 5680", 5679.56, 4),
    ("N III 4097", 4097.33, 3), ("N III 4634", 4634.13, 3), ("N III 4641", 4640.64, 2),
    ("N IV 4058", 4057.76, 4), ("O I 7774", 7773.37, 2), ("O II 4349", 4349.43, 4),
    ("O II 4415", 4414.90, 4), ("Mg II 4481", 4481.2, 1), ("Mg I 4571", 4571.10, 4),
    ("Mg I 4703", 4702.99, 4), ("Mg I 5528", 5528.40, 3), ("Mg b 5167", 5167.32, 2),
    ("Mg b 5173", 5172.68, 1), ("Mg b 5184", 5183.60, 1), ("Si II 3856", 3856.02, 3),
    ("Si II 3863", 3862.60, 4), ("Si II 4128", 4128.05, 2), ("Si II 4131", 4130.89, 2),
    ("Si II 6347", 6347.11, 2), ("Si II 6371", 6371.37, 3), ("Si III 4553", 4552.62, 2),
    ("Si III 4568", 4567.84, 3), ("Si III 4575", 4574.76, 4), ("Si IV 4089", 4088.86, 2),
    ("Si IV 4116", 4116.10, 2), ("Na D 5890", 5889.95, 1), ("Na D 5896", 5895.92, 1),
    ("Na I 5688", 5688.20, 4), ("Na I 8183", 8183.26, 3), ("Na I 8195", 8194.82, 3),
    ("K I 7665", 7664.90, 3), ("K I 7699", 7698.96, 3), ("Li I 6708", 6707.81, 4),
    ("V I 4379", 4379.23, 4), ("Ti II 4444", 4443.80, 4), ("Ti II 4501", 4501.27, 4),
    ("Ti II 4572", 4571.97, 4), ("Cr I 4254", 4254.33, 3), ("Cr I 4275", 4274.80, 3),
    ("Cr I 4290", 4289.72, 4), ("Cr I 5206", 5206.04, 4), ("Mn I 4031", 4030.75, 3),
    ("Fe I 4046", 4045.81, 2), ("Fe I 4064", 4063.59, 3), ("Fe I 4072", 4071.74, 4),
    ("Fe I 4144", 4143.87, 3), ("Fe I 4260", 4260.47, 4), ("Fe I 4272", 4271.76, 3),
    ("Fe I 4325", 4325.76, 3), ("Fe I 4383", 4383.54, 2), ("Fe I 4405", 4404.75, 4),
    ("Fe I 4415", 4415.12, 4), ("Fe I 4529", 4528.61, 4), ("Fe I 4668", 4668.13, 4),
    ("Fe I 4871", 4871.32, 4), ("Fe I 4891", 4891.49, 4), ("Fe I 4957", 4957.60, 2),
    ("Fe I 5227", 5227.19, 4), ("Fe I 5270", 5269.54, 1), ("Fe I 5328", 5328.04, 3),
    ("Fe I 5371", 5371.49, 4), ("Fe I 5397", 5397.13, 4), ("Fe I 5406", 5405.77, 4),
    ("Fe I 5430", 5429.70, 4), ("Fe I 5447", 5446.92, 4), ("Fe I 5616", 5615.64, 4),
    ("Fe I 6400", 6400.00, 4), ("Fe I 6495", 6494.98, 3), ("Fe II 4173", 4173.46, 4),
    ("Fe II 4233", 4233.17, 2), ("Fe II 4352", 4351.77, 4), ("Fe II 4508", 4508.28, 4),
    ("Fe II 4515", 4515.34, 4), ("Fe II 4549", 4549.47, 4), ("Fe II 4584", 4583.84, 4),
    ("Fe II 4924", 4923.93, 2), ("Fe II 5018", 5018.44, 2), ("Fe II 5169", 5169.03, 3),
    ("Sr II 4077", 4077.71, 1), ("Sr II 4216", 4215.52, 2), ("Ba II 4554", 4554.03, 3),
    ("Ba II 6497", 6496.90, 4),
)  # fmt: skip

# name, head, low, high (air Å), rank, source. CN and MgH degrade to the violet, TiO and CaH to
# the red; the far end is where the band has faded at the bundle's resolution. TiO 6159 is the
# strongest of several heads, of which the first stands at 6148 Å. The CaH bands at 6830 and 6975 Å
# are windows on a blend of heads, as the indices CaH 2 and CaH 3 have them.
_BANDS: Final = (
    ("CN 3883", 3883.4, 3850.0, 3883.4, 3, HEADS),
    ("CN 4216", 4216.0, 4160.0, 4216.0, 2, HEADS),
    ("CH G band", 4305.0, 4295.0, 4315.0, 1, GRAY),
    ("MgH 4780", 4780.0, 4750.0, 4780.0, 4, GRAY),
    ("MgH 5211", 5211.0, 5187.0, 5211.0, 2, HEADS),
    ("CaH 6382", 6382.0, 6382.0, 6397.0, 3, HEADS),
    ("CaH 6830", 6814.0, 6814.0, 6846.0, 3, REID),
    ("CaH 6975", 6960.0, 6960.0, 6990.0, 2, REID),
    ("TiO 4761", 4761.0, 4761.0, 4800.0, 2, HEADS),
    ("TiO 4954", 4954.6, 4954.6, 5000.0, 2, HEADS),
    ("TiO 5167", 5166.8, 5166.8, 5230.0, 2, HEADS),
    ("TiO 5448", 5448.2, 5448.2, 5500.0, 2, HEADS),
    ("TiO 5847", 5847.0, 5847.0, 5885.0, 3, HEADS),
    ("TiO 6159", 6158.5, 6148.0, 6215.0, 1, HEADS),
    ("TiO 6651", 6651.3, 6651.3, 6720.0, 2, HEADS),
    ("TiO 7054", 7054.3, 7054.3, 7150.0, 1, HEADS),
    ("TiO 7589", 7589.3, 7589.3, 7640.0, 3, HEADS),
    ("TiO 8432", 8432.0, 8432.0, 8480.0, 3, KIRKPATRICK),
    ("VO 7400", 7334.0, 7334.0, 7534.0, 3, KIRKPATRICK),
    ("VO 7900", 7851.0, 7851.0, 7973.0, 3, KIRKPATRICK),
)

# Na D and Ca II H, K are interstellar too, at nearly the same place; these are interstellar only.
_INTERSTELLAR: Final = (
    ("DIB 4428", 4428.0, 4418.0, 4438.0, 4, DIB),
    ("DIB 5780", 5780.5, 5779.0, 5782.0, 3, DIB),
    ("DIB 5797", 5797.1, 5796.0, 5798.0, 4, DIB),
    ("DIB 6284", 6283.8, 6281.5, 6286.5, 4, DIB),
    ("DIB 6614", 6613.6, 6612.5, 6614.7, 4, DIB),
)

_TELLURIC: Final = (
    ("telluric O₂ 6277", 6276.6, 6276.6, 6320.0, 4, SKY),
    ("telluric O₂ B", 6867.2, 6867.2, 6944.0, 2, SKY),
    ("telluric H₂O 7168", 7168.0, 7168.0, 7340.0, 3, SKY),
    ("telluric O₂ A", 7593.7, 7593.7, 7700.0, 2, SKY),
    ("telluric H₂O 8125", 8125.0, 8125.0, 8345.0, 3, SKY),
    ("telluric H₂O 8940", 8940.0, 8940.0, 9800.0, 3, SKY),
)


# Where lines can be seen, by the start of their names (Gray & Corbally 2009, chapters 3–8).
_SEEN_IN: Final = {
    "He II": "O", "He I": "OB", "C II": "OB", "N II": "OB", "N IV": "O", "O II": "B", "O I": "BAF",
    "Si IV": "OB", "Si III": "OB", "Si II": "BAF", "Mg II": "BAF", "Ca II": "BAFGKM",
    "Ca I": "FGKM", "Mg b": "FGKM", "Mg I": "FGK", "Fe II": "AFG", "Fe I": "FGKM", "Sr II": "AFGKM",
    "Ba II": "FGK", "Ti II": "AFG", "N III": "OB", "Li I": "GKM", "V I": "GKM", "Cr I": "FGKM",
    "Mn I": "AFGK", "Na I": "KM", "K I": "KM", "CN": "GK", "CH": "FGK",
    "MgH": "GKM", "CaH": "KM", "TiO": "KM", "VO": "M", "DIB": "OB",
    # From the middle of A on (chapter 4), and in M giants; of the resonance lines that are
    # interstellar in hot stars.
    "Ca I 4227": "AFGKM", "Fe I 4046": "AFGKM", "Fe I 4383": "AFGKM", "Ba II 4554": "FGKM",
    "Ti II 4444": "AFGKM", "Ca II H": "OBAFGKM", "Ca II K": "OBAFGKM", "Na D": "OBAFGKM",
}  # fmt: skip


def _seen_in(name: str) -> str:
    starts = [start for start in _SEEN_IN if name.startswith(start)]
    return _SEEN_IN[max(starts, key=len)] if starts else "OBAFGKM"


def _all_lines() -> Iterator[Line]:
    for name, air, rank in _ATOMIC:
        yield Line(name, air, (air, air), "line", rank, NIST, _seen_in(name))
    for name, air, letters in MINOR_LINES:
        yield Line(name, air, (air, air), "line", 4, LINE_LISTS, letters)
    kinds: tuple[tuple[LineKind, tuple[tuple[str, float, float, float, int, str], ...]], ...]
    kinds = (("band", _BANDS), ("interstellar", _INTERSTELLAR), ("telluric", _TELLURIC))
    for kind, rows in kinds:
        for name, head, low, high, rank, source in rows:
            yield Line(name, head, (low, high), kind, rank, source, _seen_in(name))


LINES: Final[tuple[Line, ...]] = tuple(sorted(_all_lines(), key=lambda line: line.air_aa))
"""All lines and bands by wavelength."""
