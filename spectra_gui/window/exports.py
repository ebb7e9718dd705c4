"""Tables and pictures for other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QFileDialog, QWidget

from spectra_gui.session import (
    COLUMNS,
    FORMATS,
    REVIEW_COLUMNS,
    Document,
    Row,
    document_table,
    write_rows,
)
from spectra_gui.session.commands import count_text
from spectra_gui.session.table import to_csv
from spectra_gui.window.notices import Notices
from spectra_gui.window.questions import path_with_ending


class Exports(QObject):
    """Saves what the document and the plots show. ``picture`` paints the plots."""

    def __init__(
        self,
        window: QWidget,
        document: Document,
        notices: Notices,
        *,
        picture: Callable[[], QPixmap | None],
        file_stem: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._notices = window, document, notices
        self._picture, self._file_stem = picture, file_stem

    def save_table(self) -> None:
        name, chosen = QFileDialog.getSaveFileName(
            self._window,
            "Save the table",
            "types.csv",
            ";;".join(f"{name} (*.{ending})" for ending, name in FORMATS.items()),
        )
        if name:
            path = self._with_ending(Path(name), chosen.partition("*")[2].rstrip(")"))
            if path is not None:
                self.save_table_to(path)

    def save_table_to(self, path: Path) -> bool:
        """Write the result table; False where that fails, which is told."""
        table = document_table(self._document)
        try:
            write_rows(table, path, columns=(*COLUMNS, *REVIEW_COLUMNS))
        except (OSError, ValueError) as error:
            self._notices.tell(f"The table was not saved: {error}.", kind="error", key="table")
            return False
        rows = count_text(len(table), "spectrum", "spectra")
        self._notices.tell(f"Saved {rows} to {path}.", key="table")
        return True

    def save_picture(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save the plots", f"{self._file_stem()}.png", "PNG (*.png)"
        )
        if name:
            path = self._with_ending(Path(name), ".png")
            if path is not None:
                self.save_picture_to(path)

    def _with_ending(self, path: Path, ending: str) -> Path | None:
        """A name that a person gave, with an ending; None where an older file is to stay."""
        return path if path.suffix else path_with_ending(self._window, path, ending)

    def save_picture_to(self, path: Path) -> bool:
        """Write the plots as they are shown; False where that fails, which is told."""
        picture = self._picture()
        if picture is None or not picture.save(str(path)):
            self._notices.tell(
                f"The picture was not saved: {path} cannot be written as a picture.",
                kind="error",
                key="picture",
            )
            return False
        self._notices.tell(f"Saved the plots to {path}.", key="picture")
        return True


def copy_rows(rows: list[Row]) -> str:
    """Put rows of the result table on the clipboard, tab-separated with a header line."""
    text = to_csv(document_table(rows), delimiter="\t")
    QGuiApplication.clipboard().setText(text)
    return text
