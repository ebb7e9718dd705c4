"""What a verb that reads and types says when it cannot go on, and its exit status."""

from __future__ import annotations

from collections.abc import Callable

from spectra_gui.cli.journal import JournalError
from spectra_gui.cli.options import EXIT_FAILED, EXIT_SOME_FAILED, EXIT_USAGE, UsageError, say
from spectra_gui.cli.pipeline import PipelineError
from spectra_gui.data import ReadError


def end_in_words(verb: str, work: Callable[[], int], *, out: str | None) -> int:
    """The exit status of ``work``; what ends it early is said instead of raised.

    Parameters
    ----------
    verb : such as ``classify``
    out : what is written to, named where the disk does not say which file it means
    """
    try:
        return work()
    except UsageError as error:
        say(f"spectra-gui {verb}: {error}")
        return EXIT_USAGE
    except ReadError as error:
        say(str(error))
        return EXIT_SOME_FAILED
    except (PipelineError, JournalError) as error:
        say(str(error))
        return EXIT_FAILED
    except BrokenPipeError:
        raise
    except OSError as error:
        say(f"{error.filename or out}: {error.strerror or error}")
        return EXIT_FAILED
