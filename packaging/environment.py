"""The private environment: made once, brought up to date when the pins change, never half used.

A stamp, written last, says what the environment holds: without it the environment is half made and
is made anew, so a set-up may be interrupted at any moment. Knows venv and pip; nothing of Qt, of
displays and of what is started later. Standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import SetupError, say, step

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "packaging" / "requirements.lock"
PYTORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"

PIP_SETTINGS = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}
# For what is installed and for what builds it (pip 25.3 and later ask separately).
PIP_PINS = {"PIP_CONSTRAINT": str(PINS), "PIP_BUILD_CONSTRAINT": str(PINS)}

# What pip says where the network is the trouble, and not the package.
NETWORK_TROUBLE = (
    "name resolution",
    "Name or service not known",
    "nodename nor servname",
    "NewConnectionError",
    "Max retries exceeded",
    "ConnectTimeout",
    "ProxyError",
    "Network is unreachable",
    "Connection refused",
)


class PipError(SetupError):
    """pip could not install something; carries what it said."""

    def __init__(self, what: str, said: str) -> None:
        super().__init__(explain_pip_failure(what, said))
        self.said = said


@dataclass(frozen=True)
class Environment:
    """A folder with a private Python, a stamp that says what it holds, and a lock."""

    folder: Path

    @property
    def stamp_file(self) -> Path:
        return self.folder / "spectra-stamp.json"

    @property
    def lock_file(self) -> Path:
        return self.folder / "spectra-setup.lock"

    def program(self, name: str) -> Path:
        """Path of a program in the environment."""
        if os.name == "nt":
            return self.folder / "Scripts" / f"{name}.exe"
        return self.folder / "bin" / name

    def stamp(self) -> dict[str, object]:
        """What the last finished set-up left, or {} where none was finished."""
        try:
            stamp = json.loads(self.stamp_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) and self.program("python").exists() else {}


def set_up(environment: Environment, *, extra: str | None, torch_index: str | None) -> None:
    """Bring the environment to what pyproject.toml and the pins say; do nothing if it is there."""
    if environment.stamp() == wanted_stamp(environment, extra, torch_index):
        return
    with exclusive(environment) as lock:
        present = environment.stamp()
        wanted = wanted_stamp(environment, extra, torch_index)
        if present == wanted:  # another set-up finished while this one waited
            return
        started = time.monotonic()
        say(f"Setting up in {environment.folder} (Python {platform.python_version()})")
        environment.stamp_file.unlink(missing_ok=True)
        pip = Pip(environment, lock)
        if present.get("base") != wanted["base"]:
            make_environment(environment)
            install_torch(pip, str(wanted["base"]["torch_index"] or ""))
        try:
            install_dependencies(pip, wanted["extras"])
        except (
            PipError
        ):  # pip takes back what it cannot finish, so the next start goes on from here
            write_stamp(environment, wanted | {"content": ""})
            raise
        write_stamp(environment, wanted)
        say(f"Set up in {time.monotonic() - started:.0f} s\n")


def wanted_stamp(environment: Environment, extra: str | None, torch_index: str | None) -> dict:
    """What the stamp must say: a new `base` asks for a new environment, the rest only for pip."""
    present = environment.stamp()
    extras = {*present.get("extras", []), *([extra] if extra else [])}
    content = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + PINS.read_bytes())
    return {
        "base": {
            "python": "{}.{}".format(*sys.version_info),
            "machine": platform.machine(),
            "checkout": str(ROOT),
            "folder": str(environment.folder),
            "torch": pinned("torch"),
            "torch_index": torch_index or present.get("base", {}).get("torch_index"),
        },
        "content": content.hexdigest(),
        "extras": sorted(extras),
    }


def pinned(name: str) -> str:
    """The version that the lock holds for a package."""
    found = re.search(rf"^{name}==(\S+)$", PINS.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SetupError(f"{PINS} does not name {name}; take the file anew from the repository.")
    return found[1]


def write_stamp(environment: Environment, stamp: dict) -> None:
    """Say in one atomic step that the environment is complete."""
    draft = environment.stamp_file.with_suffix(".draft")
    draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    draft.replace(environment.stamp_file)


@contextlib.contextmanager
def exclusive(environment: Environment) -> Iterator[int]:
    """Hold the environment's lock (yields its descriptor); a second set-up waits for the first."""
    folder = environment.folder
    if folder.exists() and not environment.lock_file.exists() and any(folder.iterdir()):
        raise SetupError(
            f"{folder} is not empty and was not made by this script, so nothing was changed in it. "
            "Name another folder with --env."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with environment.lock_file.open("a+b") as file:
        if not take_lock(file.fileno()):
            say("Another set-up of this environment is running; waiting for it to end.")
            while not take_lock(file.fileno()):
                time.sleep(0.5)
        yield file.fileno()


def take_lock(descriptor: int) -> bool:
    """Try to lock the open file; the system releases it when its last holder ends."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def make_environment(environment: Environment) -> None:
    """Make a new private Python; what an earlier or interrupted set-up left there goes first."""
    with step("a private Python"):
        for path in environment.folder.iterdir():
            if path == environment.lock_file:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(environment.folder)


@dataclass(frozen=True)
class Pip:
    """The environment's pip; it inherits the lock, so that a pip left behind still holds it."""

    environment: Environment
    lock: int

    def install(self, what: str, *arguments: str, pinned: bool = False) -> None:
        """Run `pip install`, quiet unless it fails; raises PipError with what it said."""
        settings = PIP_SETTINGS | (PIP_PINS if pinned else {})
        python = str(self.environment.program("python"))
        command = [python, "-m", "pip", "install", "--no-input", "--quiet", *arguments]
        with step(what):
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=clean_variables() | settings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
                pass_fds=() if os.name == "nt" else (self.lock,),
            )
            if done.returncode != 0:
                raise PipError(what, done.stdout)


def install_torch(pip: Pip, torch_index: str) -> None:
    """Install torch alone: the CPU build, unless the index that a person named holds another."""
    version = pinned("torch")
    if torch_index:
        pip.install(
            f"torch {version} from {torch_index}",
            "--no-deps",
            *("--index-url", torch_index),
            f"torch=={version}",
        )
        return
    if sys.platform != "linux":  # elsewhere the Python Package Index holds CPU builds
        pip.install(f"torch {version}", "--no-deps", f"torch=={version}")
        return
    install_torch_for_linux(pip, version)


def install_torch_for_linux(pip: Pip, version: str) -> None:
    """Look for the CPU build first: torch of the Python Package Index brings gigabytes of CUDA."""
    cpu_build = f"torch=={version}+cpu"
    try:
        pip.install(f"torch {version} (CPU build)", "--no-deps", cpu_build)
        return
    except PipError as trouble:
        if "No matching distribution" not in trouble.said or is_network_trouble(trouble.said):
            raise
    elsewhere = ("--index-url", PYTORCH_CPU_INDEX, "--retries", "1", "--timeout", "20")
    try:
        pip.install(f"torch {version} from {PYTORCH_CPU_INDEX}", "--no-deps", *elsewhere, cpu_build)
        return
    except PipError:
        say("  No CPU build of torch can be had from here. The build with CUDA follows, several")
        say("  gigabytes of it. To avoid them, press Ctrl+C and name an index with --torch-index.")
    pip.install(f"torch {version} (CUDA build)", "--no-deps", f"torch=={version}")


def install_dependencies(pip: Pip, extras: Sequence[str]) -> None:
    """Install the pinned dependencies, then Spectra itself so that it follows the checkout."""
    target = f".[{','.join(extras)}]" if extras else "."
    what = (
        "Spectra, its dependencies and its tests' tools"
        if extras
        else "Spectra and its dependencies"
    )
    pip.install(what, "--editable", target, pinned=True)


def explain_pip_failure(what: str, said: str) -> str:
    """Say in a sentence why pip failed and what to do; its own last words follow."""
    words = "\n".join(f"    {line}" for line in said.strip().splitlines()[-20:])
    if is_network_trouble(said):
        advice = (
            "The package index could not be reached. Connect this machine to the network, or point "
            "pip to a mirror (pip config set global.index-url URL), and start the same command."
        )
    elif "No space left on device" in said:
        advice = (
            "The disk is full. Make some room (an environment takes about 1.6 GB) and start again."
        )
    elif "No matching distribution" in said:
        advice = (
            "The package index has no version of it for this Python and machine. "
            "Another Python from 3.11 to 3.13, or another index, may have one."
        )
    else:
        advice = (
            "pip gave the reason below. Once it is mended, the same command takes up the set-up."
        )
    return f"Could not install {what}. {advice}\n{words}"


def is_network_trouble(said: str) -> bool:
    """Whether pip failed because it could not reach an index."""
    return any(sign in said for sign in NETWORK_TROUBLE)


def clean_variables() -> dict[str, str]:
    """The environment variables without those that would let another Python's packages in."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
