"""The fixtures of the readers' tests, for the families."""

from tests.readers.conftest import write_image, write_text

__all__ = ["write_image", "write_text"]
