"""Options and exit statuses that several verbs share."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from spectra_gui.data import FileMapping, Override
from spectra_gui.settings import MappingError, Settings, load_mappings, load_settings

EXIT_DONE: Final = 0
EXIT_SOME_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_FAILED: Final = 3
EXIT_INTERRUPTED: Final = 130


class UsageError(Exception):
    """A command line that cannot be meant; the message is for the person who typed it."""


class Parser(argparse.ArgumentParser):
    """Tells in one line what is wrong with a command line, and where all options are told."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: {message}; see `{self.prog} --help`.\n")


def say(text: str) -> None:
    """A line for a person, on standard error, so that standard output stays data."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def user_settings() -> Settings:
    """The user's settings; what is wrong in their file is said."""
    settings = load_settings()
    for problem in settings.problems:
        say(problem)
    return settings


def add_engine_options(parser: argparse.ArgumentParser, settings: Settings) -> None:
    """``--bundle``, ``--device`` and ``--threads``, with the user's settings as defaults."""
    group = parser.add_argument_group("engine")
    group.add_argument(
        "--bundle",
        default=settings.text("bundle"),
        metavar="NAME",
        help="name or folder of the bundle to type with (default: the one that came along)",
    )
    group.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda", "mps"),
        default=settings.text("device"),
        help="where the networks run (default: %(default)s)",
    )
    group.add_argument(
        "--threads",
        type=whole_number,
        default=int(settings.number("threads")),
        metavar="N",
        help="processor threads of the networks, 0 takes half of the processors, four at most "
        "(default: %(default)s)",
    )


def add_override_options(parser: argparse.ArgumentParser) -> None:
    """What a person may say about the files, as flags."""
    group = parser.add_argument_group(
        "how the files are read", "what the files do not say, or say wrongly; holds for all of them"
    )
    group.add_argument("--medium", choices=("air", "vacuum"), help="medium of the wavelengths")
    group.add_argument(
        "--unit",
        choices=(
            *("angstrom", "nm", "um", "log10_angstrom", "log10_nm", "ln_angstrom", "wavenumber"),
        ),
        help="unit of the wavelengths",
    )
    group.add_argument(
        "--frame",
        choices=("rest", "barycentric", "observed"),
        help="whether the star's velocity is still in the wavelengths",
    )
    group.add_argument(
        "--velocity", type=float, metavar="KM/S", help="radial velocity, taken out of the spectrum"
    )
    group.add_argument(
        "--columns",
        type=_column_list,
        metavar="W,F[,S]",
        help="columns of wavelength, flux and uncertainty, by number from 0 or by name; a name "
        "with a comma in it stands in quotes: '\"flux, rel\",err'",
    )
    group.add_argument(
        "--uncertainty",
        choices=("sigma", "variance", "ivar", "relative"),
        help="what the uncertainty is; relative means sigma over flux",
    )
    group.add_argument("--skip-rows", type=whole_number, metavar="N", help="lines before the data")
    group.add_argument("--hdu", metavar="HDU", help="FITS extension or VOTable, by number or name")
    group.add_argument(
        "--rows", type=_number_list, metavar="N,N", help="rows or apertures to take, from 0"
    )
    group.add_argument(
        "--merge",
        choices=("merged", "separate"),
        help="orders, arms or segments of one object as one spectrum, or each by itself",
    )
    group.add_argument(
        "--fwhm", type=float, metavar="ANGSTROM", help="resolution of the spectra (FWHM)"
    )
    group.add_argument("--reader", metavar="NAME", help="force one reader")


def add_mapping_options(parser: argparse.ArgumentParser) -> None:
    """``--mapping`` and ``--no-mappings``."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--mapping",
        metavar="NAME",
        help="read by this mapping of columns, whatever the file is (see spectra-gui mapping)",
    )
    either.add_argument(
        "--no-mappings",
        action="store_true",
        help="do not use your mappings for tables that no reader knows",
    )


def mappings_of(options: argparse.Namespace) -> Sequence[FileMapping]:
    """The mappings to read with; what is wrong in their file is said.

    Raises `UsageError` where there is no mapping of the name that was given.
    """
    if options.no_mappings:
        return ()
    mappings = load_mappings()
    for problem in mappings.problems:
        say(problem)
    if options.mapping is None:
        return mappings
    try:
        return (mappings.asked_for(options.mapping),)
    except MappingError as error:
        raise UsageError(f"--mapping: {error}") from error


def override_of(options: argparse.Namespace) -> Override | None:
    """The override that the flags make, or None where none was given."""
    override = Override(
        wavelength_unit=options.unit,
        medium=options.medium,
        frame=options.frame,
        columns=options.columns,
        skip_rows=options.skip_rows,
        hdu=options.hdu,
        rows=options.rows,
        velocity_kms=options.velocity,
        fwhm_aa=options.fwhm,
        reader=options.reader,
        merge=options.merge,
        uncertainty=options.uncertainty,
    )
    return None if override == Override() else override


def whole_number(text: str) -> int:
    """A number that is not negative, for ``argparse``."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return number


def _column_list(text: str) -> tuple[str, ...]:
    columns = tuple(part.strip() for part in next(csv.reader([text], skipinitialspace=True)))
    if len(columns) not in (2, 3) or not all(columns):
        raise argparse.ArgumentTypeError("give two or three columns, such as 0,1 or WAVE,FLUX,ERR")
    return columns


def _number_list(text: str) -> tuple[int, ...]:
    return tuple(whole_number(part) for part in text.split(","))
