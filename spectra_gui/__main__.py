"""Chooses what runs: the window, a verb of the command line, or a child of either.

Imports neither Qt nor torch: the children start here too, and the window must paint first.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

VERBS: Final = {
    "classify": "type spectra into a table",
    "explain": "tell which wavelengths spoke for a type",
    "train": "train a new bundle from a run config",
    "evaluate": "recompute the scores of a bundle",
    "dataset": "check a label table and its spectra",
    "bundle": "list, show and verify bundles",
    "mapping": "list, make and delete mappings of columns for unknown tables",
    "selftest": "check that this installation works",
}
"""Verbs with one line of help; each is a module of `spectra_gui.cli`, imported when called."""

_CHILDREN: Final = {
    "reader": "spectra_gui.engine.reader",
    "engine": "spectra_gui.engine.server",
}
_EXIT_USAGE: Final = 2
_EXIT_FAILED: Final = 3
_EXIT_INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if getattr(sys, "frozen", False):
        import_module("multiprocessing").freeze_support()
    first = given[0] if given else ""
    if first == "--child":
        return _run_child(given[1:])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal without Å, or a file name that is no text, must not end the program.
            stream.reconfigure(errors="backslashreplace")
    if first in ("-h", "--help", "help"):
        sys.stdout.write(_help())
        return 0
    if first == "--version":
        sys.stdout.write(f"spectra-gui {_version()}\n")
        return 0
    if first in VERBS:
        return _run_verb(first, given[1:])
    if first.startswith("-"):
        return _usage(f"there is no option {first}")
    if first and not Path(first).exists():
        return _usage(f"{first} is neither a verb nor a file that exists")
    return _run_window(given)


def _run_child(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in _CHILDREN:
        return _usage(f"--child takes one of: {', '.join(_CHILDREN)}")
    return int(import_module(_CHILDREN[arguments[0]]).main(arguments[1:]))


def _run_verb(verb: str, arguments: list[str]) -> int:
    try:
        return int(import_module(f"spectra_gui.cli.{verb}").main(arguments))
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"spectra-gui {verb} cannot run: the module {error.name} is not installed.\n"
            "Install the program again, or see `spectra-gui selftest`.\n"
        )
        return _EXIT_FAILED
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted.\n")
        return _EXIT_INTERRUPTED
    except BrokenPipeError:  # `| head` took what it wanted; nothing of ours to flush is left
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return _EXIT_FAILED


def _run_window(files: list[str]) -> int:
    try:
        app = import_module("spectra_gui.window.app")
    except ImportError as error:
        sys.stderr.write(
            f"The window cannot be opened: {error}.\n"
            "The verbs of the command line work without it; see `spectra-gui --help`.\n"
        )
        return _EXIT_FAILED
    return int(app.run(files))


def _usage(problem: str) -> int:
    sys.stderr.write(f"spectra-gui: {problem}; see `spectra-gui --help`.\n")
    return _EXIT_USAGE


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("spectra-gui")
    except metadata.PackageNotFoundError:
        return "(a checkout that is not installed)"


def _help() -> str:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {verb:<{width}}  {text}" for verb, text in VERBS.items())
    return (
        "Spectra: MK types of stellar spectra, explained.\n\n"
        "usage: spectra-gui [FILE ...]      open the window, with these files\n"
        "       spectra-gui VERB ...        work without a window\n"
        "       spectra-gui VERB --help     what a verb takes\n\n"
        f"verbs:\n{verbs}\n\n"
        "options:\n  -h, --help  show this text\n  --version   show the version\n\n"
        "exit status: 0 all done, 1 some files failed, 2 wrong usage,\n"
        "             3 a bundle, the disk or a child process failed, 130 interrupted\n"
    )


if __name__ == "__main__":
    sys.exit(main())
