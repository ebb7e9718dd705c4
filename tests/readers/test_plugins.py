"""Readers that other packages add. The example is whole: a module of ten lines, an entry point."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spectra_gui.data import Override, ReadError
from spectra_gui.readers import formats, plugins, read, registry

GLITTER = """
import numpy as np
from spectra_gui.readers import Claim, Found, Piece

def sniff(probe):
    return probe.head.startswith(b"GLITTER")

def read(probe, override):
    wave_nm, flux = np.loadtxt(probe.text.splitlines()[1:], unpack=True)
    unit, air = Claim("nm", "definition of GLITTER"), Claim("air", "GLITTER", assumed=True)
    return Found("Glitter", "first word", [Piece(wave_nm, flux)], unit=unit, medium=air)
"""

SPECTRUM = "GLITTER 1\n" + "".join(f"{400 + i} {1 + i / 10}\n" for i in range(20))


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Install a module as a package with an entry point, for one test."""

    def forget() -> None:
        plugins.installed.cache_clear()
        plugins.load_plugins.cache_clear()
        registry.families.cache_clear()

    def put(name: str, code: str) -> None:
        (tmp_path / f"plugin_{name}.py").write_text(code)
        folder = tmp_path / f"plugin_{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: plugin-{name}\nVersion: 1\n"
        )
        (folder / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{name} = plugin_{name}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        forget()

    yield put
    monkeypatch.undo()
    forget()


def test_a_plugin_of_ten_lines_reads_its_format(install, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    install("glitter", GLITTER)
    path = tmp_path / "star.glt"
    path.write_text(SPECTRUM)
    reading = read(path)
    assert reading.reader == "glitter"
    assert reading.spectra[0].wavelength_aa[[0, -1]].tolist() == [4000.0, 4190.0]
    assert reading.spectra[0].medium == "air"
    assert formats()[0].name == "glitter"
    offered = next(choice for choice in reading.choices if choice.key == "reader")
    assert "glitter" in offered.options


@pytest.mark.parametrize(
    "code",
    [
        "import nothing_of_that_name",
        "sniff = 3",
        "def sniff(probe):\n    return 1 / 0\ndef read(probe, override):\n    return None\n",
    ],
)
def test_a_broken_plugin_breaks_no_other_file(install, tmp_path: Path, code: str) -> None:  # type: ignore[no-untyped-def]
    install("broken", code)
    path = tmp_path / "star.txt"
    path.write_text(SPECTRUM.partition("\n")[2])
    assert read(path).reader == "text"


def test_a_plugin_that_fails_to_read_is_named(install, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    install(
        "wild", "def sniff(probe):\n    return True\ndef read(probe, override):\n    return 1\n"
    )
    path = tmp_path / "star.txt"
    path.write_text(SPECTRUM.partition("\n")[2])
    with pytest.raises(ReadError) as caught:
        read(path)
    assert "wild" in caught.value.reason
    assert read(path, override=Override(reader="text")).reader == "text"


def test_names_of_built_in_readers_are_taken(install, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    install("text", GLITTER)
    names = [info.name for info in formats()]
    assert names.count("text") == 1
