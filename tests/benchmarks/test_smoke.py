"""The benchmarks report what they promise and put it where they promise; no time is asserted."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.benchmarks.children import ROOT
from tests.benchmarks.report import BEGIN, END, Figure, markdown, put_between


def test_the_command_line_is_measured_and_reported_with_the_machine() -> None:
    line = [sys.executable, "-m", "tests.benchmarks", "--small", "--survey", "--without-window"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    machine, _, head, _, *reading, rate, memory, survey, _ = done.stdout.splitlines()
    assert "cores of" in machine
    assert head == "| what | measured | goal |"
    assert ["/s |" in line or " ms |" in line for line in reading] == [True] * len(reading)
    assert "spectra/s |" in rate
    assert "400 spectra" in survey
    assert " MB |" in memory


def test_the_table_replaces_what_stood_between_the_marks() -> None:
    page = f"Before\n{BEGIN}\nold\n{END}\nAfter\n"
    table = markdown([Figure("a frame", "4 ms")])
    once = put_between(page, table)
    assert "old" not in once
    assert "| a frame | 4 ms |  |" in once
    assert once.startswith("Before\n")
    assert once.endswith("After\n")
    assert put_between(once, table) == once


def test_a_page_without_the_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="benchmarks"):
        put_between("No table here.\n", "a table")
