"""``spectra-gui mapping``: how tables of a shape are read that no reader knows, under a name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from spectra_gui.cli.options import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_SOME_FAILED,
    EXIT_USAGE,
    Parser,
    UsageError,
    add_override_options,
    override_of,
    say,
)
from spectra_gui.data import FileHead, FileMapping, ReadError, mapping_in
from spectra_gui.settings import (
    MappingError,
    Mappings,
    MappingsWriteError,
    add_mapping,
    delete_mapping,
    load_mappings,
    rename_mapping,
)

_EPILOG: Final = """\
A mapping is used for every file of the shape of the one that it was made from (the same columns
with the same units, in the same kind of file), where no reader knows the file for certain: in the
window, by classify and explain, and by read(path, mappings=load_mappings()) from Python. Of several
mappings for the same shape, the newest is used; the others where --mapping NAME asks for them.

exit status: 0 done, 1 the file cannot be read so, 2 wrong usage (a name that is not there, or is
             there already), 3 the disk keeps the mappings from being changed

examples:
  spectra-gui mapping add "my spectrograph" night1/vega.csv --columns lbd,counts --unit nm
  spectra-gui classify night2/ --out types.csv
  spectra-gui mapping show "my spectrograph"
"""


def main(arguments: Sequence[str]) -> int:
    """Run the verb and return the exit status."""
    options = _parser().parse_args(arguments)
    work = {"list": _list, "show": _show, "add": _add, "rename": _rename, "delete": _delete}
    try:
        text = work[options.what](options)
    except (MappingError, UsageError) as error:
        say(f"spectra-gui mapping: {error}")
        return EXIT_FAILED if isinstance(error, MappingsWriteError) else EXIT_USAGE
    except ReadError as error:
        say(str(error))
        return EXIT_SOME_FAILED
    for problem in load_mappings().problems:
        say(problem)
    sys.stdout.write(text)
    return EXIT_DONE


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="spectra-gui mapping",
        description="List, make and delete mappings of columns for tables that no reader knows.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(
        dest="what", required=True, metavar="list | show | add | rename | delete"
    )
    verbs.add_parser("list", help="the mappings, oldest first")
    for what, text in (("show", "all that a mapping says"), ("delete", "forget a mapping")):
        verb = verbs.add_parser(what, help=text, description=text.capitalize() + ".")
        verb.add_argument("name", metavar="NAME")
    rename = verbs.add_parser("rename", help="give a mapping another name")
    rename.add_argument("name", metavar="NAME")
    rename.add_argument("new", metavar="NEW")
    add = verbs.add_parser("add", help="make a mapping from a file and the flags that read it")
    add.add_argument("name", metavar="NAME")
    add.add_argument("file", metavar="FILE", help="a file as it is to be read from now on")
    add_override_options(add)
    return parser


def _list(_: argparse.Namespace) -> str:
    mappings = load_mappings()
    if not mappings:
        return "There is no mapping.\n"
    width = max(len(name) for name in mappings.names)
    return "".join(
        f"{m.name:<{width}}  {m.looks or m.shape}{_not_used_words(m, mappings)}\n" for m in mappings
    )


def _not_used_words(mapping: FileMapping, mappings: Mappings) -> str:
    """Says which newer mapping files of its shape are read by; "" where it is used itself."""
    newer = mappings.used_instead_of(mapping)
    return "" if newer is None else f" (for the same files as “{newer.name}”, which is newer)"


def _show(options: argparse.Namespace) -> str:
    mappings = load_mappings()
    mapping = mappings.named(options.name)
    said = mapping.override.to_dict()
    lines = [
        f"{mapping.name}{_not_used_words(mapping, mappings)}",
        f"  for files like   {mapping.example or '(not noted)'}",
        f"  that are         {mapping.looks or '(not noted)'}",
        f"  shape            {mapping.shape}",
    ]
    for key, value in said.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        lines.append(f"  {key:<15}  {shown}")
    return "\n".join(lines) + "\n"


def _add(options: argparse.Namespace) -> str:
    from spectra_gui.readers import peek, read

    override = override_of(options)
    if override is None:
        raise UsageError("Say how the file is to be read, such as --columns wave,counts --unit nm.")
    spectrum = read(options.file, override=override).spectra[0]
    head = peek(options.file)
    if not head.shape:
        raise UsageError(f"{options.file} has no table that could be known again.")
    mapping = FileMapping(
        options.name.strip(), head.shape, override, head.looks, Path(options.file).name
    )
    before = add_mapping(mapping).alike(mapping)
    first, last = spectrum.wavelength_aa[0], spectrum.wavelength_aa[-1]
    return (
        f"{_when_used(mapping, head, before, used=_is_used(options.file, mapping))}\n"
        f"It reads {len(spectrum)} points from {first:.1f} to {last:.1f} Å.\n"
    )


def _is_used(path: str, mapping: FileMapping) -> bool:
    """Whether a file is read by the mapping without being told to."""
    from spectra_gui.readers import read

    try:
        return mapping_in(read(path, mappings=[mapping]).decisions) is not None
    except ReadError:
        return False


def _when_used(
    mapping: FileMapping, head: FileHead, before: Sequence[FileMapping], *, used: bool
) -> str:
    """Which files are read by a new mapping, as they will be, and by which they were ``before``."""
    files = f"Files like {mapping.example} ({head.looks})"
    if not used:
        return (
            f"{files} are known without a mapping, so “{mapping.name}” is used only where it is "
            f'asked for: --mapping "{mapping.name}".'
        )
    text = f"{files} are read by “{mapping.name}” from now on"
    if before:
        old = before[-1].name
        text += f', no longer by “{old}”, which is older; --mapping "{old}" asks for that one'
    text += "."
    if not any(name.strip() for table in head.tables for name in table.columns):
        text += " No column has a name, so every file of that form will be read so."
    return text


def _rename(options: argparse.Namespace) -> str:
    rename_mapping(options.name, options.new)
    return f"{options.name} is called {options.new.strip()} now.\n"


def _delete(options: argparse.Namespace) -> str:
    delete_mapping(options.name)
    return f"{options.name} is deleted.\n"
