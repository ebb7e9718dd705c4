"""A cheap look at a file: its bytes within limits, what kind they are, FITS headers once.

Knows compression and signatures of containers; knows no spectrum. Only local regular files are
opened: never a URL, a device, a pipe or a folder.
"""

from __future__ import annotations

import bz2
import errno
import io
import lzma
import os
import re
import stat
import zlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from spectra_gui.data import ReadError
from spectra_gui.readers.caps import CAPS, Caps
from spectra_gui.readers.stored import ByteStream, FileBytes

if TYPE_CHECKING:
    from spectra_gui.readers.fitsfile import FitsFile

HEAD_BYTES: Final = 64 << 10
_CHUNK: Final = 1 << 20
_FEED: Final = 16 << 10
"""Packed bytes handed to an unpacker at a time: what follows a member is copied for each."""

_MAGIC_BYTES: Final = 6
_MAX_MEMBERS: Final = 20_000
"""Members of a packed file; block gzip (BGZF) of the largest file that is read has 8000."""

_TEXT_KINDS: Final = frozenset({"text", "ecsv", "votable", "xml", "html", "json"})
_BY_PARTS: Final = frozenset({"fits", "hdf5", "zip", "npy"})

_SIGNATURES: Final = (
    (b"SIMPLE  =", "fits"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"PK\x03\x04", "zip"),
    (b"\x93NUMPY", "npy"),
    (b"#ASDF", "asdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"BM", "image"),
    (b"%PDF", "pdf"),
    (b"\x1f\x9d", "compress"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"SQLite format 3", "database"),
    (b"SR\x00\x04", "idl"),
    (b"MATLAB 5.0", "matlab"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"HDS", "starlink"),
    (b"SDSC", "starlink"),
    (b"CDF\x01", "netcdf"),
    (b"CDF\x02", "netcdf"),
    (b"\x80\x02", "pickle"),
    (b"\x80\x03", "pickle"),
    (b"\x80\x04", "pickle"),
    (b"\x80\x05", "pickle"),
)


class Probe:
    """A file that is being looked at.

    Parameters
    ----------
    path : local file
    caps : limits; ``too_large`` is raised beyond them
    window : (first, count) of the rows to show of a FITS table whose rows are spectra

    Raises
    ------
    ReadError
        ``not_found``, ``is_directory``, ``permission``, ``empty``, ``too_large`` or
        ``not_a_spectrum`` (pipe, device), at once; ``damaged`` and ``truncated`` when the
        compressed data are first needed.
    """

    def __init__(
        self, path: str | Path, caps: Caps = CAPS, *, window: tuple[int, int] | None = None
    ) -> None:
        self.path = str(path)
        self.caps = caps
        self.window = window
        self.name = os.path.basename(self.path) or self.path  # noqa: PTH119 - any text is a path
        self._large: FileBytes | None = None
        self._stored = b""
        self._load()

    def fail(self, code: str, reason: str, advice: str) -> ReadError:
        """A `ReadError` about this file."""
        return ReadError(code, reason, advice, self.path)

    def _load(self) -> None:
        """Take the content; of a large file that is read by parts only its beginning."""
        descriptor = self._open()
        keep = False
        try:
            size = os.fstat(descriptor).st_size
            self._stored = _read_up_to(descriptor, min(size, HEAD_BYTES) + 1)
            keep = self._is_read_by_parts(size)
            if keep:
                self._large = FileBytes(descriptor, size)
            else:
                # A read of the whole allowance would reserve it, also for a small file.
                self._stored += _read_up_to(descriptor, min(size, self.caps.bytes) + 1)
        except OSError as error:
            raise self._no_entry(error) from None
        finally:
            if not keep:
                os.close(descriptor)
        if not self._stored:
            raise self.fail("empty", f"{self.name} is empty.", "Copy or download it again.")
        if len(self._stored) > self.caps.bytes:
            raise self._too_large(f"more than {self.caps.bytes / 1e6:.0f} MB")

    def _is_read_by_parts(self, size: int) -> bool:
        """Whether to read only what is asked for; ``too_large`` where nothing could be."""
        if size <= self.caps.whole_bytes:
            return False
        packed = self._decompressor is not None
        kind = "" if packed else self._kind_of(self._stored)
        limit = self.caps.text_bytes if kind in _TEXT_KINDS else self.caps.bytes
        if kind not in _BY_PARTS and size > limit:
            what = " of text" if kind in _TEXT_KINDS else ""
            raise self._too_large(f"{size / 1e6:.0f} MB{what}")
        return kind in _BY_PARTS

    def _open(self) -> int:
        """A descriptor of the regular file; raises `ReadError` for everything else."""
        if not self.path:
            raise self.fail("not_found", "No file was named.", "Give the name of one.")
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]{1,}://", self.path):
            raise self.fail(
                "not_found",
                "This is an address on a network, not a file.",
                "Download it first; nothing is ever fetched from here.",
            )
        try:
            flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            if Path(self.path).is_dir():
                raise IsADirectoryError(errno.EISDIR, "is a directory")
            descriptor = os.open(self.path, flags | getattr(os, "O_NOCTTY", 0))
        except (OSError, ValueError) as error:
            raise self._no_entry(error) from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise self._not_a_file()
        return descriptor

    def _not_a_file(self) -> ReadError:
        return self.fail(
            "not_a_spectrum",
            f"{self.name} is a pipe or a device, not a file.",
            "Save the spectrum to an ordinary file and open that.",
        )

    def _no_entry(self, error: OSError | ValueError) -> ReadError:
        number = error.errno if isinstance(error, OSError) else None
        if number in (errno.ENXIO, errno.ENODEV):
            return self._not_a_file()
        if isinstance(error, IsADirectoryError):
            return self.fail(
                "is_directory",
                f"{self.name} is a folder.",
                "Open the files in it, or drop the folder on the window.",
            )
        if isinstance(error, PermissionError):
            return self.fail(
                "permission",
                f"{self.name} may not be read by this account.",
                "Change its permissions, or copy it to a place of your own.",
            )
        if number == errno.ELOOP:
            reason = f"{self.name} is a link that leads back to itself."
        elif isinstance(error, ValueError) or number == errno.ENAMETOOLONG:
            reason = f"{self.name[:80]!r} cannot be the name of a file."
        elif number in (errno.ENOENT, errno.ENOTDIR):
            reason = f"There is no file {self.name}."
        else:
            reason = f"{self.name} cannot be opened ({error})."
        return self.fail("not_found", reason, "Check the name and the folder.")

    def _too_large(self, size: str) -> ReadError:
        return self.fail(
            "too_large",
            f"{self.name} holds {size}, which is beyond what one file may use.",
            "Cut out the spectra of interest and open those.",
        )

    @cached_property
    def head(self) -> bytes:
        """The first 64 kB, decompressed."""
        if self._decompressor is None:
            return self._stored[:HEAD_BYTES]
        return self._unpacked(HEAD_BYTES)

    @cached_property
    def data(self) -> bytes:
        """The whole content, decompressed, never above the limit."""
        if self._large is not None:
            if len(self._large) > self.caps.bytes:
                raise self._too_large(f"{len(self._large) / 1e6:.0f} MB")
            return self._large[:]
        return self._stored if self._decompressor is None else self._unpacked(None)

    @property
    def parts(self) -> bytes | FileBytes:
        """The content as something to slice: of a large file it is read as it is asked for."""
        return self.data if self._large is None else self._large

    def stream(self) -> IO[bytes]:
        """The content as an open file; of a large file it is read as it is asked for."""
        if self._large is None:
            return io.BytesIO(self.data)
        # Other libraries ask for many small pieces.
        return io.BufferedReader(ByteStream(self._large))

    def _unpacked(self, n_bytes: int | None) -> bytes:
        make = self._decompressor
        assert make is not None
        try:
            return self._decompress(make, n_bytes)
        except (zlib.error, OSError, lzma.LZMAError, ValueError, EOFError) as error:
            raise self.fail(
                "damaged",
                f"{self.name} is compressed and cannot be unpacked ({error}).",
                "Download or copy it again.",
            ) from None

    @property
    def _decompressor(self) -> Callable[[], Any] | None:
        stored = self._stored
        if stored[:2] == b"\x1f\x8b":
            return lambda: zlib.decompressobj(wbits=31)
        if stored[:3] == b"BZh":
            return bz2.BZ2Decompressor
        if stored[:6] == b"\xfd7zXZ\x00":
            return lambda: lzma.LZMADecompressor(memlimit=256 << 20)
        return None

    def _decompress(self, make: Callable[[], Any], n_bytes: int | None) -> bytes:
        """All that is packed, or the first ``n_bytes`` of it."""
        packed = memoryview(self._stored)
        chunks: list[bytes] = []
        place = total = members = 0
        unpacker = make()
        pending = b""
        while True:
            if not pending and getattr(unpacker, "needs_input", True):
                pending = bytes(packed[place : place + _FEED])
                place += len(pending)
            chunk = unpacker.decompress(pending, _CHUNK)
            total += len(chunk)
            chunks.append(chunk)
            if n_bytes is not None and total >= n_bytes:
                return b"".join(chunks)[:n_bytes]
            taken = not pending and place >= len(packed)
            pending = getattr(unpacker, "unconsumed_tail", b"")
            if n_bytes is None:
                self._check_unpacked(total, place - len(pending))
            if unpacker.eof:
                # Several members may follow each other; what is none is padding.
                pending = unpacker.unused_data
                if len(pending) < _MAGIC_BYTES:
                    pending += bytes(packed[place : place + _FEED])
                    place += _FEED
                members += 1
                if not pending.startswith(self._stored[:2]):
                    break
                if members >= _MAX_MEMBERS:
                    raise ValueError(f"it has more than {_MAX_MEMBERS} parts")
                unpacker = make()
            elif taken and not chunk and not pending:
                if not total:
                    raise EOFError("it ends too early")
                self.cut_short = self.cut_short or n_bytes is None
                break
        return b"".join(chunks)

    def _check_unpacked(self, n_bytes: int, packed_bytes: int) -> None:
        """Raise ``too_large`` for so many bytes out of the first ``packed_bytes``.

        The stretch so far is judged: of what is made to grow beyond measure, little is unpacked.
        """
        # Text is parsed at ten times its size.
        most = self.caps.text_bytes if self.kind in _TEXT_KINDS else self.caps.bytes
        if n_bytes > most:
            raise self._too_large(f"more than {most / 1e6:.0f} MB when unpacked")
        if n_bytes > max(self.caps.expansion_from, self.caps.expansion * packed_bytes):
            raise self.fail(
                "too_large",
                f"{self.name} grows {self.caps.expansion} times when unpacked; no spectrum does.",
                "It may be made to fill a disk; if you know it to be sound, unpack it first.",
            )

    cut_short = False
    """True once unpacking found that the compressed data end before their end mark."""

    @cached_property
    def kind(self) -> str:
        """The container by its first bytes.

        ``fits hdf5 zip npy votable xml html json ecsv text image pdf archive …``, else
        ``binary``.
        """
        return self._kind_of(self.head)

    @staticmethod
    def _kind_of(head: bytes) -> str:
        if head.startswith(b"PK") and re.search(rb"\[Content_Types\]|opendocument", head[:400]):
            return "office"
        for signature, kind in _SIGNATURES:
            # Two letters may begin an honest text, and so may a FITS header that was printed:
            # its cards end in line feeds (IRAF's wspectext, the NGSL library).
            likely_text = len(signature) < 4 or (kind == "fits" and b"\n" in head[:100])
            if head.startswith(signature) and not (likely_text and _is_text(head)):
                return kind
        if b"ustar" in head[250:270]:
            return "archive"
        bare = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        if bare[:1] == b"<":
            upper = bare[:4096].upper()
            if b"<VOTABLE" in upper or b":VOTABLE" in upper:
                return "votable"
            return "html" if b"<HTML" in upper or b"<!DOCTYPE HTML" in upper else "xml"
        if bare.startswith((b"# %ECSV", b"#%ECSV")):
            return "ecsv"
        if bare[:1] in (b"{", b"["):
            return "json"
        return "text" if _is_text(head) else "binary"

    @cached_property
    def text(self) -> str:
        """The whole content as text (UTF-8, UTF-16 by its mark, else Latin-1)."""
        data = self.data
        if len(data) > self.caps.text_bytes:
            raise self._too_large(f"{len(data) / 1e6:.0f} MB of text")
        if codec := _utf16(data[:HEAD_BYTES]):
            return data.decode(codec, errors="replace")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("latin-1")

    @cached_property
    def fits(self) -> FitsFile:
        """The file as FITS; only meaningful where `kind` is ``fits``."""
        from spectra_gui.readers.fitsfile import FitsFile

        return FitsFile(self)


def _read_up_to(descriptor: int, n_bytes: int) -> bytes:
    """At most ``n_bytes`` from where the file stands."""
    chunks: list[bytes] = []
    while n_bytes > 0:
        chunk = os.read(descriptor, min(n_bytes, 1 << 30))
        if not chunk:
            break
        chunks.append(chunk)
        n_bytes -= len(chunk)
    return b"".join(chunks)


def _utf16(head: bytes) -> str:
    """The codec of text in UTF-16, by its mark or by a zero beside each letter; else ""."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    head = head[: len(head) & ~1]
    for codec, zeros, letters in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if len(head) > 40 and not zeros.strip(b"\x00") and _is_text(letters):
            return codec
    return ""


def _is_text(head: bytes) -> bool:
    """Whether bytes read as text: no zero byte (but for UTF-16) and few control characters."""
    if _utf16(head):
        return True
    if b"\x00" in head:
        return False
    control = len(head) - len(head.translate(None, bytes([*range(9), 11, *range(14, 32), 127])))
    return control <= len(head) // 100
