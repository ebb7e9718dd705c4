"""The bytes of a large file, read piece by piece as they are asked for.

So that a table of gigabytes costs the memory of the rows that are wanted. Knows no format.
"""

from __future__ import annotations

import io
import os
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer


class FileBytes:
    """A file that is sliced like ``bytes``; it stays open until this object goes.

    Raises ``EOFError`` where the file has become shorter than it was when it was opened.
    """

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self._size = size
        weakref.finalize(self, os.close, descriptor)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        begin, end, _ = part.indices(self._size)
        chunks: list[bytes] = []
        os.lseek(self._descriptor, begin, os.SEEK_SET)
        while begin < end:
            # One call gives at most 2 GiB.
            chunk = os.read(self._descriptor, min(end - begin, 1 << 30))
            if not chunk:
                raise EOFError("the file became shorter while it was read")
            chunks.append(chunk)
            begin += len(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class ByteStream(io.RawIOBase):
    """`FileBytes` as the open file that other libraries want."""

    def __init__(self, data: FileBytes) -> None:
        super().__init__()
        self._data, self._place = data, 0

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to ``offset`` from the beginning, from here or from the end."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: len(self._data)}[whence]
        self._place = max(0, origin + offset)
        return self._place

    def readinto(self, buffer: Buffer) -> int:
        """Fill ``buffer`` as far as the file goes; the number of bytes."""
        view = memoryview(buffer).cast("B")
        chunk = self._data[self._place : self._place + len(view)]
        view[: len(chunk)] = chunk
        self._place += len(chunk)
        return len(chunk)
