"""Broken files of the zoo, and files of every dialect that can be written: the former never do
harm, the latter come back as they were written."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spectra_gui.data import Override, ReadError, Reading, Spectrum
from spectra_gui.readers import read
from tests.fuzz.__main__ import ROOT, Zoo, _too_long, recipes, try_recipe
from tests.fuzz.mutate import mutated

FAILURES = Path(__file__).parents[1] / "fuzz" / "failures.txt"

QUIET = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def past_failures() -> list[str]:
    lines = FAILURES.read_text(encoding="utf-8").splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


@pytest.fixture
def alarm() -> None:
    signal.signal(signal.SIGVTALRM, _too_long)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX timers")
def test_recipes_that_failed_once(shared_data: Path, tmp_path: Path, alarm: None) -> None:
    zoo = Zoo()
    for recipe in past_failures():
        name, _, number = recipe.rpartition(":")
        try_recipe(zoo, name, int(number), tmp_path / "broken")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX timers")
def test_the_first_hundred_broken_files(shared_data: Path, tmp_path: Path, alarm: None) -> None:
    """The gate breaks files for two minutes; this says that it would."""
    zoo = Zoo()
    outcomes = set()
    for (name, number), _ in zip(recipes(zoo, 1), range(100), strict=False):
        outcomes.add(try_recipe(zoo, name, number, tmp_path / "broken")[0] == "!")
    assert outcomes == {True, False}


def test_a_recipe_always_makes_the_same_file(shared_data: Path) -> None:
    zoo = Zoo()
    chosen = [recipe for recipe, _ in zip(recipes(zoo, 7), range(40), strict=False)]
    broken = [zoo.broken(*recipe) for recipe in chosen]
    assert broken == [Zoo().broken(*recipe) for recipe in chosen]
    changed = [b != zoo.data(name) for b, (name, _) in zip(broken, chosen, strict=True)]
    assert sum(changed) > 35


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX timers")
def test_the_fuzzer_reports_what_breaks_a_promise(shared_data: Path, tmp_path: Path) -> None:
    """A promise is broken on purpose: the fuzzer must see it, name its recipe and fail."""
    start = (
        "import sys, numpy as np\n"
        "import tests.fuzz.check as check\n"
        "real = check.read\n"
        "def bad(path):\n"
        "    reading = real(path)\n"
        "    object.__setattr__(reading.spectra[0], 'wavelength_aa', np.array([2.0, 1.0]))\n"
        "    return reading\n"
        "check.read = bad\n"
        "from tests.fuzz.__main__ import work\n"
        "from pathlib import Path\n"
        f"work(1, 0, Path({str(tmp_path)!r}))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", start], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = [line for line, _ in zip(process.stdout, range(60), strict=False)]
    process.kill()
    process.wait()
    assert any("do not increase" in line for line in said)


def test_damage_to_pixels_never_moves_wavelengths(shared_data: Path, tmp_path: Path) -> None:
    """What can be known of a wrong wavelength: where only pixels changed, it must not."""
    folder = shared_data / "originals"
    generator = np.random.default_rng(5)
    n_files = 0
    for path in sorted(folder.glob("*.fit*")):
        data = path.read_bytes()
        if path.suffix == ".gz" or len(data) > 400_000:
            continue
        with (
            warnings.catch_warnings(action="ignore"),
            fits.open(io.BytesIO(data), ignore_missing_end=True) as units,
        ):
            if len(units) > 1 or units[0].header["NAXIS"] != 1:
                continue
            begin, size = units[0].fileinfo()["datLoc"], 4 * units[0].header["NAXIS1"]
        try:
            before = read(path)
        except ReadError:
            continue
        broken = bytearray(data)
        for place in generator.integers(begin, begin + size, 20):
            broken[place] ^= 1 << int(generator.integers(8))
        (tmp_path / "broken").write_bytes(bytes(broken))
        after = read(tmp_path / "broken")
        n_files += 1
        for one, other in zip(before.spectra, after.spectra, strict=True):
            np.testing.assert_array_equal(one.wavelength_aa, other.wavelength_aa)
            assert (one.medium, one.frame) == (other.medium, other.frame)
    assert n_files > 10


# --- what is written is what is read


@dataclass(frozen=True)
class Written:
    """Wavelengths in Å and fluxes that a test writes, with the unit to write them in."""

    wavelength_aa: np.ndarray[Any, np.dtype[np.float64]]
    flux: np.ndarray[Any, np.dtype[np.float64]]
    unit: str

    @property
    def in_unit(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        return self.wavelength_aa / {"Angstrom": 1.0, "nm": 10.0, "um": 1e4}[self.unit]


@st.composite
def spectra(draw: st.DrawFn) -> Written:
    """An optical or near-infrared spectrum on a grid that is even, or in its logarithm."""
    n = draw(st.integers(12, 300))
    start = draw(st.floats(3000.0, 9000.0))
    step = draw(st.floats(0.05, 8.0))
    wavelength = start + step * np.arange(n)
    if draw(st.booleans()):
        wavelength = start * np.exp(step / start * np.arange(n))
    seed = draw(st.integers(0, 2**32 - 1))
    flux = np.random.default_rng(seed).uniform(0.2, 3.0, n)
    flux *= 10.0 ** draw(st.integers(-18, 6))
    return Written(wavelength, flux, draw(st.sampled_from(("Angstrom", "nm", "um"))))


def hold(reading: Reading, written: Written, *, relative: float) -> Spectrum:
    """That there is one spectrum, of the wavelengths and fluxes that were written."""
    (spectrum,) = reading.spectra
    np.testing.assert_allclose(spectrum.wavelength_aa, written.wavelength_aa, rtol=relative)
    np.testing.assert_allclose(spectrum.flux, written.flux, rtol=1e-6)
    assert not spectrum.bad.any()
    return spectrum


COMMENTS = ("#", "%", ";", "!", "//")


@QUIET
@given(
    written=spectra(),
    separator=st.sampled_from((" ", "  ", "\t", ";", ",", " | ")),
    comma=st.booleans(),
    comment=st.sampled_from(COMMENTS),
    header=st.sampled_from(("none", "units", "names and units", "unit in name")),
    end=st.sampled_from(("\n", "\r\n")),
    mark=st.booleans(),
    descending=st.booleans(),
    blank_lines=st.integers(0, 3),
)
def test_text_in_every_dialect_comes_back(
    tmp_path: Path, written: Written, separator: str, comma: bool, comment: str, header: str,
    end: str, mark: bool, descending: bool, blank_lines: int,
) -> None:  # fmt: skip
    comma = comma and separator.strip() != ","
    lines = [f"{comment} made for a test", *[""] * blank_lines]
    names = {
        "names and units": "wavelength{}flux",
        "unit in name": f"wavelength_{written.unit}{{}}flux",
    }
    if header in names:
        between = separator if separator.strip() or separator == "\t" else "  "
        lines.append(f"{comment} " + names[header].format(between))
    if header in ("units", "names and units"):
        lines.append(f"{comment} {written.unit}{separator}counts")
    rows = list(zip(written.in_unit, written.flux, strict=True))
    for wavelength, flux in rows[::-1] if descending else rows:
        line = f"{wavelength:.9g}{separator}{flux:.8e}"
        lines.append(line.replace(".", ",") if comma else line)
    path = tmp_path / "made.txt"
    text = end.join(lines) + end
    path.write_bytes(("\ufeff" if mark else "").encode() + text.encode())
    stated = header != "none"
    unit = {"Angstrom": "angstrom"}.get(written.unit, written.unit)
    reading = read(path, override=None if stated else Override(wavelength_unit=unit))
    hold(reading, written, relative=2e-9)


@QUIET
@given(
    written=spectra(),
    reference=st.floats(-50.0, 400.0),
    matrix=st.booleans(),
    scale=st.sampled_from(("linear", "log", "sdss")),
    bitpix=st.sampled_from((-32, -64)),
    descending=st.booleans(),
)
def test_keywords_of_an_image_come_back(
    tmp_path: Path, written: Written, reference: float, matrix: bool, scale: str, bitpix: int,
    descending: bool,
) -> None:  # fmt: skip
    n = written.flux.size
    first, last = written.wavelength_aa[0], written.wavelength_aa[-1]
    pixels = np.arange(1.0, n + 1.0)
    flux = written.flux
    if scale == "linear":
        unit = {"Angstrom": 1.0, "nm": 10.0, "um": 1e4}[written.unit]
        ends = (last, first) if descending else (first, last)
        step = (ends[1] - ends[0]) / (n - 1) / unit
        start = ends[0] / unit + step * (reference - 1.0)
        values = unit * (start + step * (pixels - reference))
        cards = {"CRVAL1": start, "CRPIX1": reference, "CUNIT1": written.unit}
        cards["CD1_1" if matrix else "CDELT1"] = step
    else:
        step = np.log10(last / first) / (n - 1)
        values = 10.0 ** (np.log10(first) + step * (pixels - 1.0))
        cards = {"COEFF0": np.log10(first), "COEFF1": step}
        if scale == "log":
            cards = {"CRVAL1": np.log10(first), "CDELT1": step, "CRPIX1": 1.0, "DC-FLAG": 1}
    hdu = fits.PrimaryHDU(flux.astype(f">f{-bitpix // 8}"))
    for key, value in cards.items():
        hdu.header[key] = value
    path = tmp_path / "made.fits"
    hdu.writeto(path, overwrite=True)
    if values[0] > values[-1]:
        values, flux = values[::-1], flux[::-1]
    hold(read(path), Written(values, flux, "Angstrom"), relative=1e-9)


@QUIET
@given(
    written=spectra(),
    container=st.sampled_from(("fits", "votable", "votable binary", "ascii.ecsv", "rows", "npz")),
    noise=st.sampled_from(("", "sigma", "ivar")),
    names=st.sampled_from((("wave", "flux"), ("WAVELENGTH", "FLUX"), ("lambda", "flux"))),
)
def test_tables_come_back(
    tmp_path: Path, written: Written, container: str, noise: str, names: tuple[str, str]
) -> None:
    sigma = 0.01 * np.abs(written.flux)
    columns = {names[0]: written.in_unit, names[1]: written.flux}
    if noise:
        columns["error" if noise == "sigma" else "ivar"] = (
            sigma if noise == "sigma" else 1.0 / sigma**2
        )
    path = tmp_path / "made"
    if container == "npz":
        columns[names[0]] = written.wavelength_aa
        with path.open("wb") as stream:
            np.savez(stream, **columns)
    else:
        table = Table({k: v[None, :] if container == "rows" else v for k, v in columns.items()})
        table[names[0]].unit = written.unit
        kind = {"rows": "fits", "votable binary": "votable"}.get(container, container)
        more = {"tabledata_format": "binary"} if container == "votable binary" else {}
        table.write(path, format=kind, overwrite=True, **more)
    spectrum = hold(read(path), written, relative=1e-9)
    if noise and container != "npz":
        assert spectrum.sigma is not None
        np.testing.assert_allclose(spectrum.sigma, sigma, rtol=1e-6)


@QUIET
@given(
    data=st.binary(max_size=3000), start=st.sampled_from((b"", b"SIMPLE  =", b"<VOTABLE", b"4 "))
)
def test_bytes_of_any_kind_end_well(tmp_path: Path, data: bytes, start: bytes) -> None:
    from tests.fuzz.check import outcome

    path = tmp_path / "bytes"
    path.write_bytes(start + data)
    outcome(path)


def test_mutations_take_any_bytes() -> None:
    others: Callable[[int], bytes] = lambda i: bytes(i % 9)  # noqa: E731
    for size in (0, 1, 79, 80, 5000):
        for number in range(200):
            assert isinstance(mutated(b"9" * size, "x", number, others), bytes)
