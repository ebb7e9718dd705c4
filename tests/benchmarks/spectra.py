"""Many files to measure with: the examples that can be typed, under as many names as needed."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

from spectra_gui import assets


def many_files(folder: Path, count: int) -> Path:
    """A folder of ``count`` files; hard links where the disk has them, else copies."""
    examples = typed_examples()
    folder.mkdir(parents=True)
    for number in range(count):
        source = examples[number % len(examples)]
        target = folder / f"{number:05d}-{source.name}"
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
    return folder


def typed_examples() -> list[Path]:
    """The examples that get a type, by the manifest that lies beside them."""
    folder = assets.examples_folder()
    with (folder / "EXAMPLES.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [folder / row["file"] for row in rows if row["expected"] == "type"]
