"""What the benchmarks found, as a Markdown table that names the machine, and in the README.

Knows nothing of what is measured.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"


@dataclass(frozen=True)
class Figure:
    """One measured thing: what, the value with its unit, and the goal where there is one."""

    what: str
    value: str
    goal: str = ""


def seconds(value: float) -> str:
    """A duration with the digits that are meant."""
    return f"{1000 * value:.0f} ms" if value < 0.995 else f"{value:.1f} s"


def megabytes(value: float) -> str:
    """An amount of memory, from bytes."""
    return f"{value / 1e6:.0f} MB"


def markdown(figures: Sequence[Figure]) -> str:
    """The table, with a line about the machine above it."""
    rows = [("what", "measured", "goal"), ("---", "---:", "---:")]
    rows += [(figure.what, figure.value, figure.goal) for figure in figures]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{machine()}\n\n{table}\n"


def machine() -> str:
    """Processor, memory and system of this machine, in a sentence."""
    memory_gb = psutil.virtual_memory().total / 1e9
    return (
        f"On {len(os.sched_getaffinity(0))} cores of {processor()}, {memory_gb:.0f} GB, "
        f"{system()}, Python {platform.python_version()}, networks on the CPU, Qt's platform "
        f"`{os.environ.get('QT_QPA_PLATFORM') or 'the default one'}`:"
    )


def processor() -> str:
    """The name that the processor gives itself."""
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return " ".join(found[1].split()) if found else platform.machine()


def system() -> str:
    """Name and version of the operating system."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform()


def put_between(text: str, table: str, *, marks: tuple[str, str] = (BEGIN, END)) -> str:
    """A page's text with the table between its two marks.

    Raises
    ------
    ValueError
        Where the marks are not there exactly once, in order.
    """
    begin, end = marks
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"the text must hold {begin} and, after it, {end}, each once")
    head, _, rest = text.partition(begin)
    tail = rest.partition(end)[2]
    return f"{head}{begin}\n{table}{end}{tail}"
