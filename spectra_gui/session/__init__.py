"""The document behind the window: rows, undoable commands, review, session file, result table.

Knows no Qt, no torch and no reader.
"""

from spectra_gui.session.autosave import (
    Autosave,
    Recoverable,
    discard_recoverable,
    find_recoverable,
)
from spectra_gui.session.changes import ChangeKind, Changes
from spectra_gui.session.commands import (
    AddSpectra,
    AttachSetAside,
    RemoveRows,
    SetOverride,
    SetReview,
    accept_verdicts,
    set_comment,
    set_label,
    set_quality,
    set_reviewed,
)
from spectra_gui.session.document import Document
from spectra_gui.session.history import Command
from spectra_gui.session.rows import QUALITIES, ReadingInfo, Review, Row, RowState, SetAside
from spectra_gui.session.storage import (
    SCHEMA,
    SUFFIX,
    SessionError,
    StoredSession,
    hash_file,
    load_session,
    save_session,
)
from spectra_gui.session.table import (
    COLUMNS,
    REVIEW_COLUMNS,
    TableRow,
    document_table,
    verdict_row,
)
from spectra_gui.session.table_file import FORMATS, format_of, write_rows
from spectra_gui.session.together import Together

__all__ = [
    "COLUMNS",
    "FORMATS",
    "QUALITIES",
    "REVIEW_COLUMNS",
    "SCHEMA",
    "SUFFIX",
    "AddSpectra",
    "AttachSetAside",
    "Autosave",
    "ChangeKind",
    "Changes",
    "Command",
    "Document",
    "ReadingInfo",
    "Recoverable",
    "RemoveRows",
    "Review",
    "Row",
    "RowState",
    "SessionError",
    "SetAside",
    "SetOverride",
    "SetReview",
    "StoredSession",
    "TableRow",
    "Together",
    "accept_verdicts",
    "discard_recoverable",
    "document_table",
    "find_recoverable",
    "format_of",
    "hash_file",
    "load_session",
    "save_session",
    "set_comment",
    "set_label",
    "set_quality",
    "set_reviewed",
    "verdict_row",
    "write_rows",
]
