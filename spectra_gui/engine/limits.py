"""What a child sets for itself: memory, processor time, its rank, no core dumps, no network.

All POSIX-only calls stand here. Where the kernel does not enforce an address-space limit (macOS,
Windows) a watchdog thread measures the resident memory instead and ends the process.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any, Final

import psutil

if sys.platform != "win32":
    import resource

EXIT_MEMORY: Final = 77
"""Exit status of a child that its own watchdog ended for memory."""

NICER: Final = 5
"""Steps of niceness: a third of the window's share of a processor that both want."""

_NETWORK_EVENTS: Final = frozenset(
    {
        "socket.__new__",
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.getnameinfo",
        "socket.sendmsg",
        "socket.sendto",
        "ftplib.connect",
        "http.client.connect",
        "urllib.Request",
    }
)
"""Audit events of the network: https://docs.python.org/3/library/audit_events.html"""


class NetworkForbiddenError(OSError):
    """Something in a child tried to use a network."""


def limit_memory(extra_mb: int, *, interval_s: float = 0.05) -> None:
    """Allow this process ``extra_mb`` MiB beyond what it holds now.

    Beyond it, allocations raise ``MemoryError`` on Linux; elsewhere the process ends with
    `EXIT_MEMORY`.
    """
    extra_bytes = extra_mb * 2**20
    info = psutil.Process().memory_info()
    if sys.platform == "linux":
        ceiling = int(info.vms) + extra_bytes
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard != resource.RLIM_INFINITY:
            ceiling = min(ceiling, hard)
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))
    else:
        start_memory_watchdog(int(info.rss) + extra_bytes, interval_s=interval_s)


def start_memory_watchdog(ceiling_bytes: int, *, interval_s: float = 0.05) -> threading.Thread:
    """Start a thread that ends this process once its resident memory passes the ceiling."""
    process = psutil.Process()
    pause = threading.Event()

    def watch() -> None:
        while not pause.wait(interval_s):
            if process.memory_info().rss > ceiling_bytes:
                os._exit(EXIT_MEMORY)

    thread = threading.Thread(target=watch, name="memory-watchdog", daemon=True)
    thread.start()
    return thread


def limit_processor_time(extra_s: float) -> None:
    """Allow this process ``extra_s`` more seconds of processor time; the kernel ends it after.

    It holds even where a C routine never gives the interpreter back. Without effect on Windows.
    """
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + extra_s) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def forbid_core_dumps() -> None:
    """A child that crashes leaves no core file behind."""
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def give_way() -> None:
    """Where the processor is short, the window comes before this process."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(NICER)


def forbid_network() -> None:
    """From here on, every attempt of this process to use a network raises.

    Sockets cannot even be made, since ``connect`` would look up a name before it is asked. An
    audit hook cannot be taken away again.
    """
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _NETWORK_EVENTS:
        raise NetworkForbiddenError(f"this process uses no network ({event} {arguments[1:]!r})")
