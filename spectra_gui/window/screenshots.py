"""Pictures of the real window: ``python -m spectra_gui.window.screenshots --out DIR``.

Opens the window off screen with real children and the bundled examples, waits until everything is
typed and explained, and saves what it shows: small and large, light and dark, with no, one and
500 spectra. Nothing of a person's settings is read or changed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from spectra_gui import assets

if TYPE_CHECKING:
    from spectra_gui.window.main_window import MainWindow

SIZES: Final = {"small": (1280, 800, 1), "large": (2560, 1440, 1), "4k": (3840, 2160, 2)}
"""Name → width and height in pixels of the picture, and the scale of the display."""
COUNTS: Final = (0, 1, 500)
SCHEMES: Final = ("light", "dark")
WAIT_S: Final = 600.0
SETTLE_S: Final = 0.5
CHOSEN: Final = 10
"""The example that is shown where there are several: a G dwarf."""


def save_window_picture(
    files: Sequence[str | Path],
    out_png: str | Path,
    *,
    scheme: str = "light",
    size: tuple[int, int] = (1440, 900),
    chosen: int | None = None,
    wait_s: float = WAIT_S,
) -> bool:
    """Save the window as it shows ``files``, without a display; False where it cannot be saved.

    ``chosen`` is the line that is shown, None the first whose type can be accepted. Waits for
    verdicts and evidence at most ``wait_s``.
    """
    with settled_window([Path(file) for file in files], chosen=chosen, wait_s=wait_s) as window:
        return take_picture(window, Path(out_png), scheme=scheme, size=size)


@contextmanager
def settled_window(
    files: Sequence[Path], *, chosen: int | None = 0, wait_s: float = WAIT_S
) -> Iterator[MainWindow]:
    """The window with all files typed and the chosen line explained, off screen if need be."""
    with _off_screen(), tempfile.TemporaryDirectory() as folder:
        from PySide6.QtCore import QSettings

        from spectra_gui.settings import Settings
        from spectra_gui.window import theme
        from spectra_gui.window.app import build_main_window, make_application

        theme.apply(make_application(), "light")
        settings = Settings({"autosave_seconds": 0}, path=Path(folder) / "settings.toml")
        geometry = QSettings(str(Path(folder) / "geometry.ini"), QSettings.Format.IniFormat)
        window = build_main_window(settings=settings, geometry=geometry)
        try:
            window.show()
            window.complete()
            window.jobs.start_engine()
            window.files.open_paths(files)
            _wait(lambda: window.jobs.engine_state in ("ready", "failed"), wait_s)
            _wait(lambda: not files or len(window.document) > 0, wait_s)
            _wait(lambda: window.jobs.work().total == 0, wait_s)
            row_id = window.model.id_at(_most_telling(window) if chosen is None else chosen)
            if row_id is not None:
                window.list.select([row_id])
                _wait(lambda: window.view.is_settled, wait_s)
            yield window
        finally:
            window.document.mark_saved(None)
            window.close()


def _most_telling(window: MainWindow) -> int:
    """The first line whose type can be accepted, else the first that has one, else the first."""
    ids = (window.model.id_at(line) for line in range(window.model.rowCount()))
    rows = window.document.rows(row_id for row_id in ids if row_id is not None)
    states = [row.verdict.state if row.verdict is not None else "" for row in rows]
    return next((states.index(s) for s in ("accept", "caution") if s in states), 0)


def take_picture(window: MainWindow, out: Path, *, scheme: str, size: tuple[int, int]) -> bool:
    """Save the window in a scheme and a size; False where that cannot be written."""
    from spectra_gui.window import theme
    from spectra_gui.window.app import make_application

    theme.apply(make_application(), "dark" if scheme == "dark" else "light")
    window.resize(*size)
    _wait(lambda: False, SETTLE_S)
    return bool(window.grab().save(str(out)))


@contextmanager
def _off_screen() -> Iterator[None]:
    """Paint without a display where there is none."""
    from spectra_gui.window.app import has_display

    before = os.environ.get("QT_QPA_PLATFORM")
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("QT_QPA_PLATFORM", None)


def _wait(reached, wait_s: float) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + wait_s
    while time.monotonic() < end and not reached():
        QApplication.processEvents()
        time.sleep(0.005)


def example_files(n: int, folder: Path) -> list[Path]:
    """``n`` spectra: the bundled examples, copied under new names as often as needed.

    Where the examples are not there, made ones are written to ``folder``.
    """
    sources = assets.example_files()
    if not sources:
        sources = [_write_made(folder / f"made_{i:02d}.txt", i) for i in range(min(n, 24))]
    if n <= len(sources):
        return sources[:n]
    files = list(sources)
    for i in range(n - len(sources)):
        source = sources[i % len(sources)]
        copy = folder / f"{source.stem}_{i // len(sources) + 2:02d}{source.suffix}"
        copy.write_bytes(source.read_bytes())
        files.append(copy)
    return files


def _write_made(path: Path, seed: int) -> Path:
    """A continuum with Balmer and metal lines of some strength: no real star."""
    rng = np.random.default_rng(seed)
    axis = np.arange(3800.0, 7000.0, 1.25)
    hot = rng.uniform(0.0, 1.0)
    flux = (axis / 5000.0) ** rng.uniform(-2.0, 1.5)
    balmer = (4101.7, 4340.5, 4861.3, 6562.8)
    metals = (3933.7, 3968.5, 4226.7, 4305.0, 5175.0, 5270.0, 5893.0)
    for lines, depth, width in ((balmer, 0.2 + 0.5 * hot, 3 + 8 * hot), (metals, 0.7 - hot, 5.0)):
        for centre in lines:
            flux *= 1.0 - max(depth, 0.0) * np.exp(-0.5 * ((axis - centre) / width) ** 2)
    flux *= 1.0 + rng.normal(0.0, 0.01, axis.size)
    np.savetxt(path, np.column_stack([axis, flux]), fmt="%.5g", header="wavelength_A flux")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures, each display scale in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m spectra_gui.window.screenshots")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--only", help="take only pictures whose name contains this")
    parser.add_argument("--scale", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    if given.scale is None:
        return _for_each_scale(given.out, given.only)
    with tempfile.TemporaryDirectory() as folder:
        for count in COUNTS:
            wanted = [entry for entry in _pictures(count, given.scale) if _is_wanted(entry, given)]
            if wanted and not _take_all(wanted, example_files(count, Path(folder)), given.out):
                return 3
    return 0


@dataclass(frozen=True, slots=True)
class _Picture:
    name: str
    scheme: str
    size: tuple[int, int]


def _pictures(count: int, scale: int) -> Iterator[_Picture]:
    for name, (width, height, its_scale) in SIZES.items():
        for scheme in SCHEMES:
            if its_scale == scale:
                size = (width // scale, height // scale)
                yield _Picture(f"window-{name}-{scheme}-{count}.png", scheme, size)


def _is_wanted(picture: _Picture, given: argparse.Namespace) -> bool:
    return not given.only or given.only in picture.name


def _take_all(pictures: Sequence[_Picture], files: Sequence[Path], out: Path) -> bool:
    with settled_window(files, chosen=min(CHOSEN, max(len(files) - 1, 0))) as window:
        for picture in pictures:
            path = out / picture.name
            if not take_picture(window, path, scheme=picture.scheme, size=picture.size):
                sys.stderr.write(f"{path} cannot be written.\n")
                return False
            sys.stdout.write(f"{path}\n")
            sys.stdout.flush()
    return True


def _for_each_scale(out: Path, only: str | None) -> int:
    for scale in sorted({scale for _, _, scale in SIZES.values()}):
        command = [sys.executable, "-m", "spectra_gui.window.screenshots", "--out", str(out)]
        command += ["--scale", str(scale)] + (["--only", only] if only else [])
        environment = {**os.environ, "QT_SCALE_FACTOR": str(scale)}
        status = subprocess.run(command, env=environment, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
