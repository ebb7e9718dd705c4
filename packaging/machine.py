"""What the machine itself must hold: a Python, Qt's system libraries, a display.

Knows Debian's package names, for Debian and its kin are what this is tried on; elsewhere it names
what is missing. Knows nothing of pip and of the program. Standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

# Library that Qt loads -> Debian package that holds it. Without a display Qt needs the first table
# (its platform "offscreen"); its X11 platform needs the second as well.
OFFSCREEN_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
}


class SetupError(Exception):
    """Something that a person has to do before the set-up can go on, in a sentence."""


def say(sentence: str) -> None:
    """Tell a person what goes on."""
    print(sentence, flush=True)


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Name a step while it runs and say how long it took."""
    print(f"  {what} ... ", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        say("not done")
        raise
    say(f"{time.monotonic() - started:.0f} s")


def check_python() -> None:
    """Refuse a Python that the locked dependencies do not support."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise SetupError(
            f"Spectra runs on Python 3.11 to 3.13, and this is {platform.python_version()}. "
            "Start it with one of those, for example: python3.11 packaging/bootstrap.py run"
        )


def check_machine(libraries: dict[str, str], *, needs_venv: bool) -> None:
    """Make sure of what pip cannot bring, all at once: install it where we may, or say how."""
    packages = {}
    if needs_venv and importlib.util.find_spec("ensurepip") is None:
        packages["Python's ensurepip"] = "python{}.{}-venv".format(*sys.version_info)
    if sys.platform == "linux":
        packages |= {name: libraries[name] for name in libraries if not can_load(name)}
    if packages:
        install_packages(
            list(packages.values()), why=f"Not on this machine: {', '.join(packages)}."
        )
        importlib.invalidate_caches()


def can_load(library: str) -> bool:
    """Whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_packages(packages: Sequence[str], *, why: str) -> None:
    """Install Debian packages where we may; otherwise raise SetupError with the line that does."""
    line = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None:
        raise SetupError(
            f"{why} Install them with this system's package manager; "
            f"Debian's names are: {' '.join(packages)}"
        )
    if os.geteuid() != 0:
        raise SetupError(f"{why} This line installs them:\n\n    sudo {' '.join(line)}\n")
    variables = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with step(f"system packages {' '.join(packages)}"):
        for command in (["apt-get", "update"], line):
            done = subprocess.run(
                command,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
            )
        if done.returncode != 0:
            words = "\n".join(f"    {said}" for said in done.stdout.strip().splitlines()[-4:])
            raise SetupError(f"{why} This line did not install them: {' '.join(line)}\n{words}")


def has_display() -> bool:
    """Whether a window can be shown: on Linux, whether a display server answers."""
    if sys.platform != "linux":
        return True
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if wayland and answers(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere")) / wayland)):
        return True
    found = re.fullmatch(r"(?P<host>.*):(?P<number>\d+)(\.\d+)?", os.environ.get("DISPLAY", ""))
    if found is None:
        return False
    number = int(found["number"])
    if found["host"] in ("", "unix"):
        socket_path = f"/tmp/.X11-unix/X{number}"
        return answers(socket_path) or answers("\0" + socket_path)
    return answers((found["host"], 6000 + number))


def answers(address: str | tuple[str, int]) -> bool:
    """Whether something listens at the address of a local socket or a TCP port."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True
