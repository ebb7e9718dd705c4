#!/usr/bin/env python3
"""Sets Spectra up in an environment of its own, then starts it or its tests.

    python3 packaging/bootstrap.py run [files...]     open the window (a table where no display is)
    python3 packaging/bootstrap.py test [arguments]   run the tests; arguments go to pytest
    python3 packaging/bootstrap.py setup              set up only

Standard library only, Python 3.11 to 3.13, on a machine that has nothing else yet. Of the program
it knows the command line and how to ask for a picture; environment.py knows pip, machine.py Debian.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from environment import ROOT, Environment, clean_variables, set_up
from machine import (
    OFFSCREEN_LIBRARIES,
    X11_LIBRARIES,
    SetupError,
    check_machine,
    check_python,
    has_display,
    say,
)

EXAMPLES = ROOT / "resources" / "examples"
FIRST_LOOK = ROOT / "runs" / "first-look"
LEAST_REASON = 40
"""Letters that a line of the reasons takes at least, however narrow the terminal is."""


def main(argv: Sequence[str]) -> int:
    """Do what the command line asks; return the exit code of what was started."""
    options, command, arguments = parse_arguments(argv)
    signal.signal(signal.SIGTERM, stop)
    try:
        check_python()
        environment = Environment(options.env.resolve())
        check_machine(needed_libraries(command), needs_venv=not environment.stamp())
        extra = "test" if command == "test" else None
        set_up(environment, extra=extra, torch_index=options.torch_index)
        if command == "run":
            return run(environment, arguments)
        if command == "test":
            return test(environment, arguments)
        say(f"Ready. The program is {environment.program('spectra-gui')}")
        return 0
    except SetupError as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. The same command takes it up again.", file=sys.stderr)
        return 130


def stop(*_: object) -> NoReturn:
    """End on SIGTERM as on Ctrl+C: with a sentence, and with pip ended."""
    raise KeyboardInterrupt


def parse_arguments(argv: Sequence[str]) -> tuple[argparse.Namespace, str, list[str]]:
    """Split the command line into our options, the command, and what is passed on untouched."""
    parser = argparse.ArgumentParser(
        prog="bootstrap.py",
        usage="bootstrap.py {run [files...] | test [pytest arguments] | setup} [options]",
        description="Set Spectra up in an environment of its own, then start it or its tests.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--env",
        type=Path,
        metavar="DIR",
        default=ROOT / ".spectra-env",
        help="folder of the environment (default: .spectra-env beside the program)",
    )
    parser.add_argument(
        "--torch-index",
        metavar="URL",
        default=os.environ.get("SPECTRA_TORCH_INDEX"),
        help="package index to take torch from, for example one with CUDA builds; it is remembered "
        "(the variable SPECTRA_TORCH_INDEX says the same)",
    )
    options, rest = parser.parse_known_args(argv)
    if not rest or rest[0] not in ("run", "test", "setup") or (rest[0] == "setup" and rest[1:]):
        parser.error("say what to do: run, test or setup")
    return options, rest[0], rest[1:]


def needed_libraries(command: str) -> dict[str, str]:
    """The system libraries that the command cannot do without."""
    if has_display():
        return OFFSCREEN_LIBRARIES | X11_LIBRARIES
    return OFFSCREEN_LIBRARIES if command == "test" else {}


def run(environment: Environment, files: Sequence[str]) -> int:
    """Open the window with the files, or with the examples; a table where no display is."""
    if not has_display():
        return classify_without_display(environment, files or examples())
    return start(environment, ["-m", "spectra_gui", *(files or examples())])


def examples() -> list[str]:
    """The example spectra, which the manifest beside them names."""
    with (EXAMPLES / "EXAMPLES.csv").open(encoding="utf-8", newline="") as manifest:
        return [str(EXAMPLES / row["file"]) for row in csv.DictReader(manifest)]


def test(environment: Environment, arguments: Sequence[str]) -> int:
    """Run the tests; without a display Qt paints into memory."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.chdir(ROOT)
    return start(environment, ["-m", "pytest", *arguments])


def start(environment: Environment, arguments: Sequence[str]) -> int:
    """Start the environment's Python, in place of this process where the system can do that."""
    command = [str(environment.program("python")), *arguments]
    if os.name != "nt":
        os.execve(command[0], command, clean_variables())
    return subprocess.call(command, env=clean_variables())


def classify_without_display(environment: Environment, files: Sequence[str]) -> int:
    """Type the files in the terminal and save the window's picture beside the table."""
    say("There is no display here, so the spectra are typed in the terminal.")
    folder = new_folder(FIRST_LOOK)
    table, picture = folder / "table.csv", folder / "window.png"
    python = str(environment.program("python"))
    command = [python, "-m", "spectra_gui", "classify", *files, "--out", str(table)]
    code = subprocess.run(command, env=clean_variables(), check=False).returncode
    if code in (0, 1):
        print_table(table)
        say(f"\nThe whole table: {table}")
        check_machine(OFFSCREEN_LIBRARIES, needs_venv=False)
        code = save_picture(python, files, picture) or code
    return code


def new_folder(wanted: Path) -> Path:
    """Make a folder of this name, numbered where an earlier run's is there: that one stays."""
    folder, number = wanted, 1
    while True:
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            number += 1
            folder = wanted.with_name(f"{wanted.name}-{number}")
        else:
            return folder


def save_picture(python: str, files: Sequence[str], picture: Path) -> int:
    """Have the window painted into memory with the files in it; return the exit code."""
    program = (
        "import sys; from spectra_gui.window.screenshots import save_window_picture; "
        "sys.exit(not save_window_picture(sys.argv[2:], sys.argv[1]))"
    )
    # Qt's offscreen platform warns of what it cannot do and nobody asked for.
    quiet = {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "default.warning=false"}
    variables = clean_variables() | quiet
    command = [python, "-c", program, str(picture), *files]
    code = subprocess.run(command, env=variables, check=False).returncode
    if code == 0:
        say(f"The window's picture: {picture}")
    return code


def print_table(table: Path) -> None:
    """Print the columns of the result table that answer the first question."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = [
            (
                row["name"] or Path(row["file"]).name,
                row["type"],
                f"{float(row['probability']):.2f}" if row["probability"] else "",
                row["state"],
                row["reasons"] or row["error"],
            )
            for row in csv.DictReader(file)
        ]
    rows.insert(0, ("name", "type", "prob.", "state", "why"))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    indent = sum(widths) + 2 * len(widths)
    terminal = shutil.get_terminal_size((120, 24)).columns
    say("")
    for row in rows:
        columns = (text.ljust(width) for text, width in zip(row, widths, strict=False))
        why = textwrap.wrap(row[4], max(LEAST_REASON, terminal - indent)) or [""]
        say("  ".join([*columns, why[0]]).rstrip())
        for line in why[1:]:
            say(" " * indent + line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
