"""The command line: one module a verb, each with ``main(arguments) -> exit status``.

Verbs are imported when they are called (`spectra_gui.__main__`), so that a verb pays only for
what it needs. Knows no Qt.
"""
