"""The session file: a person's work on a list of spectra, as versioned JSON.

Holds paths, SHA-256 of every file, overrides and reviews; no spectrum and no verdict, which are
read and computed again. A label is tied to the content that it was made on: on opening, every
review starts *set aside* and attaches when the file's hash agrees (`Document.store_hash`).
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from spectra_gui.data import Override
from spectra_gui.session.rows import Review, Row, SetAside

FORMAT: Final = "spectra-session"
SCHEMA: Final = 1
SUFFIX: Final = ".spectra.json"
MAX_BYTES: Final = 256 * 2**20
"""A session of 100 000 rows takes about 30 MB; more than this is another kind of file."""

MIGRATIONS: Final[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}
"""Schema number → what turns that schema's content into the next one's."""


class SessionError(Exception):
    """A session file that cannot be opened or written: ``reason`` and ``advice`` in sentences."""

    def __init__(self, path: Path, reason: str, advice: str) -> None:
        super().__init__(path, reason, advice)
        self.path = path
        self.reason = reason
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.path.name}: {self.reason} {self.advice}"


@dataclass(frozen=True, slots=True)
class StoredSession:
    """Rows as a session file lists them (``id`` 0, to be read), and when it was saved."""

    rows: tuple[Row, ...]
    saved_at: str
    origin: str
    """The session file that an autosave belongs to, "" where it had none."""


def hash_file(path: str | Path) -> str:
    """SHA-256 of a file's bytes in hex; raises ``OSError``."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def save_session(
    rows: Iterable[Row],
    path: Path,
    *,
    origin: Path | None = None,
    take_place: Callable[[Path, Path], object] = Path.replace,
) -> None:
    """Write rows to ``path`` in one step: a crash leaves the old file or the new one, whole.

    Files whose rows carry a review and were not hashed yet are hashed now. ``take_place`` is given
    the written file and ``path``. Raises `SessionError`.
    """
    document = session_dict(rows, path.parent, origin)
    text = _text(document)
    try:
        # A name that is not UTF-8 holds surrogates; written out, they are escapes of JSON too.
        write_atomically(path, text.encode(errors="backslashreplace"), take_place)
    except OSError as error:
        raise SessionError(
            path,
            f"The session could not be written ({error.strerror or error}).",
            "Nothing was lost; choose another folder.",
        ) from error


def _text(document: dict[str, Any]) -> str:
    """As JSON, a line for each file and each row: indented, it takes five times as long."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list):
            lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in value)
            parts.append(f"{json.dumps(key)}: [\n{lines}\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write_atomically(
    path: Path, content: bytes, take_place: Callable[[Path, Path], object] = Path.replace
) -> None:
    """Write beside ``path``, flush to the disk, then take its place; raises ``OSError``.

    Who may read it, the user's umask says, as of any file that is made.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        take_place(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # the new name itself must reach the disk, too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def session_dict(rows: Iterable[Row], base: Path, origin: Path | None = None) -> dict[str, Any]:
    """The content of a session file; relative paths are relative to ``base``."""
    files: dict[str, dict[str, Any]] = {}
    entries = []
    relative_to_base = _Relative(base)
    for row in rows:
        if row.path not in files:
            files[row.path] = _file_dict(row, relative_to_base(row.path), len(files))
        elif row.file_sha256:
            files[row.path]["sha256"] = row.file_sha256
        entries.append(_row_dict(row, files[row.path]))
    for entry in files.values():
        del entry["number"]
    return {
        "format": FORMAT,
        "schema": SCHEMA,
        "saved_at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "origin": str(origin) if origin else "",
        "files": list(files.values()),
        "rows": entries,
    }


class _Relative:
    """Paths relative to a folder; found once for each folder, since files share few."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._folders: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        """With slashes, "" where there is none (another drive on Windows)."""
        folder, name = os.path.split(path)
        if folder not in self._folders:
            try:
                found = Path(os.path.relpath(folder, self._base)).as_posix()
            except ValueError:
                return ""
            self._folders[folder] = "" if found == "." else f"{found}/"
        return self._folders[folder] + name


def _file_dict(row: Row, relative: str, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "path": row.path,
        "relative": relative,
        "sha256": row.file_sha256,
        "override": row.override.to_dict(),
    }


def _row_dict(row: Row, file: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"file": file["number"], "index": row.index, "name": row.name}
    if row.whole_file:
        entry["whole_file"] = True
    if row.review:
        if not file["sha256"]:
            file["sha256"] = _hash_or_nothing(row.path)
        entry |= {"review": row.review.to_dict(), "sha256": file["sha256"]}
    if row.set_aside is not None:
        entry["set_aside"] = row.set_aside.review.to_dict()
        entry["set_aside_sha256"] = row.set_aside.file_sha256
    if len(row.asides) > 1:
        entry["set_aside_before"] = [
            {"review": aside.review.to_dict(), "sha256": aside.file_sha256}
            for aside in row.asides[1:]
        ]
    return entry


def _hash_or_nothing(path: str) -> str:
    try:
        return hash_file(path)
    except (OSError, ValueError):  # a name may hold what no file's name can
        return ""


def load_session(path: Path) -> StoredSession:
    """Read a session file of this or an older schema.

    A file that moved together with the session is found by its relative path. Raises
    `SessionError` for a damaged, foreign or newer file.
    """
    content = _read_json(path)
    if content.get("format") != FORMAT:
        raise SessionError(
            path, "This is no Spectra session.", "Spectra are opened with File, Open files."
        )
    content = _migrated(content, path)
    try:
        return _stored(content, path)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise SessionError(
            path,
            f"The session is damaged ({error!r}).",
            "An autosaved copy is offered at the next start where there is one.",
        ) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SessionError(path, "The file is too large for a session.", "Choose another.")
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = f"The session could not be read ({error.strerror or error})."
        raise SessionError(path, reason, "Check that the file is there and readable.") from error
    except (ValueError, RecursionError) as error:
        raise SessionError(
            path, f"The session is damaged ({error}).", "Open an earlier copy of it."
        ) from error
    return content if isinstance(content, dict) else {}


def _migrated(content: dict[str, Any], path: Path) -> dict[str, Any]:
    schema = content.get("schema")
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise SessionError(path, "The session names no schema.", "Open an earlier copy of it.")
    if schema > SCHEMA:
        raise SessionError(
            path,
            f"The session was written by a newer Spectra (schema {schema}; this one reads up to "
            f"{SCHEMA}).",
            "Open it with that version; nothing was changed.",
        )
    while schema < SCHEMA:
        content = MIGRATIONS[schema](content)
        schema += 1
    return content


def _stored(content: Mapping[str, Any], path: Path) -> StoredSession:
    files = [_StoredFile.of(entry, path.parent) for entry in content["files"]]
    rows = []
    for entry in content["rows"]:
        file = files[int(entry["file"])]
        rows.append(_row(entry, file))
    return StoredSession(tuple(rows), str(content["saved_at"]), str(content["origin"]))


@dataclass(frozen=True, slots=True)
class _StoredFile:
    path: str
    override: Override

    @classmethod
    def of(cls, entry: Mapping[str, Any], base: Path) -> _StoredFile:
        path = absolute = str(Path(str(entry["path"])))
        # Nothing here raises for a name or a link that leads nowhere, and it is ten times faster.
        if entry["relative"] and not os.path.exists(absolute):  # noqa: PTH110
            beside = os.path.join(base, str(entry["relative"]))  # noqa: PTH118
            path = os.path.realpath(beside) if os.path.exists(beside) else absolute  # noqa: PTH110
        return cls(path, Override.from_dict(dict(entry["override"])))


def _row(entry: Mapping[str, Any], file: _StoredFile) -> Row:
    said = []
    if "review" in entry:
        said.append((entry["review"], entry["sha256"]))
    if "set_aside" in entry:
        said.append((entry["set_aside"], entry["set_aside_sha256"]))
    said += [(aside["review"], aside["sha256"]) for aside in entry.get("set_aside_before", ())]
    index = int(entry["index"])
    if index < 0:
        raise ValueError(f"index {index}")
    return Row(
        id=0,
        path=file.path,
        index=index,
        whole_file=bool(entry.get("whole_file", False)),
        name=str(entry["name"]),
        override=file.override,
        asides=tuple(SetAside(Review.from_dict(one), str(sha256)) for one, sha256 in said),
    )
