"""``spectra-gui bundle``: the bundles at hand, what they are, and whether they are whole."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from spectra_gui.bundles import BundleError, find_bundle, find_bundles, load_bundle
from spectra_gui.cli.options import EXIT_DONE, EXIT_FAILED, Parser, say


def main(arguments: Sequence[str]) -> int:
    """Run the verb and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        text = {"list": _list, "show": _show, "verify": _verify}[options.what](options)
    except BundleError as error:
        say(str(error))
        return EXIT_FAILED
    sys.stdout.write(text)
    return EXIT_DONE


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="spectra-gui bundle", description="List, show and verify bundles of trained networks."
    )
    verbs = parser.add_subparsers(dest="what", required=True, metavar="list | show | verify")
    verbs.add_parser("list", help="the bundles at hand")
    for what, text in (
        ("show", "print the card of a bundle"),
        ("verify", "check every file of a bundle against its digest"),
    ):
        verb = verbs.add_parser(what, help=text, description=text.capitalize() + ".")
        verb.add_argument(
            "bundle", nargs="?", metavar="NAME", help="name or folder (default: the own one)"
        )
    return parser


def _list(_: argparse.Namespace) -> str:
    entries = find_bundles()
    if not entries:
        return "There is no bundle.\n"
    width = max(len(entry.name) for entry in entries)
    return "".join(
        f"{entry.name:<{width}}  {entry.title}  "
        f"({'installed by you' if entry.installed_by_user else 'came along'}, {entry.path})\n"
        for entry in entries
    )


def _show(options: argparse.Namespace) -> str:
    return load_bundle(find_bundle(options.bundle)).card.rstrip("\n") + "\n"


def _verify(options: argparse.Namespace) -> str:
    bundle = load_bundle(find_bundle(options.bundle))
    kinds = ", ".join(f"{member.name} ({member.kind})" for member in bundle.members)
    return (
        f"{bundle.name} is whole: every file has its digest.\n"
        f"  folder   {bundle.path}\n"
        f"  sha256   {bundle.sha256}\n"
        f"  members  {kinds}\n"
    )
