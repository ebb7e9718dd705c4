"""Readers that other packages add, by entry points of the group ``spectra_gui.readers``.

A plug-in is a module (or any object) with what a module of `families` has: ``sniff(probe)`` and
``read(probe, override)``, and ``TAKES`` where it understands more of an override. Its name is the
entry point's::

    [project.entry-points."spectra_gui.readers"]
    glitter = "my_package.glitter"

Source: https://packaging.python.org/en/latest/specifications/entry-points/ . Plug-ins are tried
before the built-in families; one that fails to load or to look is left out, and logged.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from spectra_gui.data import Override, ReadError
from spectra_gui.readers.found import Found
from spectra_gui.readers.probe import Probe

GROUP: Final = "spectra_gui.readers"

_LOG: Final = logging.getLogger(__name__)


class Plugin:
    """A reader from another package, in the shape of a family; its failures stay its own."""

    def __init__(self, name: str, module: Any) -> None:
        self.NAME = name
        self.TAKES = frozenset(str(key) for key in getattr(module, "TAKES", ()))
        self._module = module

    def sniff(self, probe: Probe) -> bool:
        """Whether the plug-in recognises the content; False where it fails."""
        try:
            return bool(self._module.sniff(probe))
        except ReadError:
            return False
        except Exception as error:  # Code of others may raise anything.
            _LOG.warning("The reader plug-in %s failed to look at a file (%s).", self.NAME, error)
            return False

    def read(self, probe: Probe, override: Override) -> Found:
        """What the plug-in found.

        Raises ``ReadError``, as the plug-in does; ``damaged`` for any other failure of it.
        """
        try:
            found = self._module.read(probe, override)
        except ReadError:
            raise
        except Exception as error:  # Code of others may raise anything.
            raise probe.fail(
                "damaged",
                f"The reader plug-in {self.NAME} failed ({type(error).__name__}: {error}).",
                "Choose another reader, or report it to those who wrote the plug-in.",
            ) from error
        if not isinstance(found, Found):
            raise probe.fail(
                "unsupported",
                f"The reader plug-in {self.NAME} gave a {type(found).__name__}, not a Found.",
                "Choose another reader, or report it to those who wrote the plug-in.",
            )
        return found


@cache
def installed() -> tuple[EntryPoint, ...]:
    """The entry points of all installed plug-ins, by name; imports none of them."""
    return tuple(sorted(entry_points(group=GROUP), key=lambda point: point.name))


@cache
def load_plugins() -> tuple[Plugin, ...]:
    """The plug-ins that could be imported."""
    loaded = []
    for point in installed():
        try:
            module = point.load()
        except Exception as error:  # Code of others may raise anything.
            _LOG.warning("The reader plug-in %s cannot be loaded (%s).", point.name, error)
            continue
        if callable(getattr(module, "sniff", None)) and callable(getattr(module, "read", None)):
            loaded.append(Plugin(point.name, module))
        else:
            _LOG.warning("The reader plug-in %s has no functions sniff and read.", point.name)
    return tuple(loaded)
