"""The reading child with a reader that some file names make crash, hang or devour memory.

Everything else goes to the real readers. Run as ``python unruly_reader.py --memory-mb N
--time-s S``; its standard streams belong to the protocol.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import spectra_gui.readers
from spectra_gui.data import Override, Reading
from spectra_gui.engine import reader

_read = spectra_gui.readers.read
_STUCK = re.compile(r"(a+)+$")


def read(path: str | Path, *, override: Override | None = None, mappings: Any = ()) -> Reading:
    name = Path(path).name
    if name.startswith("crash"):
        ctypes.string_at(0)
    if name.startswith("exit"):
        os._exit(3)
    if name.startswith("hang"):
        time.sleep(600)
    if name.startswith("stuck"):
        # A regular expression that never ends, with the interpreter's lock held.
        _STUCK.match("a" * 64 + "!")
    if name.startswith("hungry"):
        hoard = [bytes(2**26) for _ in range(1000)]
        del hoard
    if name.startswith("phone"):
        import urllib.request

        urllib.request.urlopen("http://127.0.0.1:9/")
    if name.startswith("print"):
        print("a library that prints")
    return _read(path, override=override, mappings=mappings)


spectra_gui.readers.read = read
sys.exit(reader.main(sys.argv[1:]))
