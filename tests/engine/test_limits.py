"""The ceilings of a child, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from spectra_gui.engine.limits import EXIT_MEMORY

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")


def run(script: str) -> subprocess.CompletedProcess[str]:
    code = "from spectra_gui.engine import limits\n" + textwrap.dedent(script)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel enforces it on Linux")
def test_memory_beyond_the_limit_is_a_memory_error() -> None:
    result = run(
        """
        limits.limit_memory(64)
        small = bytearray(16 * 2**20)
        try:
            bytearray(256 * 2**20)
        except MemoryError:
            print("contained")
        """
    )
    assert result.stdout == "contained\n"


def test_the_watchdog_ends_a_process_that_grows() -> None:
    result = run(
        """
        import time
        limits.start_memory_watchdog(150 * 2**20, interval_s=0.01)
        hoard = [b"x" * 2**24 for _ in range(30)]
        time.sleep(30)
        """
    )
    assert result.returncode == EXIT_MEMORY


@posix
def test_processor_time_beyond_the_limit_ends_the_process() -> None:
    result = run("limits.limit_processor_time(0.5)\nwhile True: pass")
    assert result.returncode < 0


def test_a_child_comes_after_the_window_where_the_processor_is_short() -> None:
    result = run(
        """
        import psutil
        before = psutil.Process().nice()
        limits.give_way()
        print(before != psutil.Process().nice())
        """
    )
    assert result.stdout == "True\n"


@posix
def test_there_are_no_core_dumps() -> None:
    result = run(
        "limits.forbid_core_dumps()\n"
        "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    assert result.stdout == "0\n"


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "from socket import *; socket(AF_INET, SOCK_DGRAM).sendto(b'', ('example.org', 9))",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import _socket; _socket.socket().connect(('127.0.0.1', 9))",
    ],
)
def test_no_way_leads_to_a_network(attempt: str) -> None:
    result = run(f"limits.forbid_network()\n{attempt}")
    assert "this process uses no network" in result.stderr
