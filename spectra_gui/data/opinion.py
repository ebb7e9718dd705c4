"""What stands beside a verdict and never changes it: the spectra most like it, stars seen before.

Knows values and their words; knows no spectrum and no bundle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SeenBy = Literal["name", "position", "spectrum"]
"""What told that a star is a training star."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A class mean or a training star that a spectrum is like.

    Attributes
    ----------
    name : the star, or the class (``"HD 31128"``, ``"G2 V"``)
    type : as its catalogue writes it (``"F3/F5Vw"``)
    distance : 1 is how far two stars of one type usually lie apart
    """

    name: str
    type: str
    distance: float


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What the spectra most like this one say, apart from the networks.

    Attributes
    ----------
    type : letter, subtype and class by the nearest training spectra, "" where none is near
    agreement : share of these spectra, the nearer counting more, with the answer's letter and
        class; None where none is near
    differs : in what the type differs from the answer, where so few agree that it is told
    stars : nearest single training stars, nearest first; means of several stars have a say in
        ``type`` only
    templates : nearest class means, nearest first
    """

    type: str
    agreement: float | None
    differs: tuple[Literal["letter", "class"], ...]
    stars: tuple[Neighbour, ...]
    templates: tuple[Neighbour, ...]

    @property
    def note(self) -> str:
        """A sentence for a person."""
        if not self.type:
            return "No training star is like this spectrum."
        if not self.differs:
            return f"The nearest training stars say {self.type}."
        said = " and ".join(self.differs)
        return f"The nearest training stars say {self.type}: they differ in {said}."


@dataclass(frozen=True, slots=True)
class Seen:
    """The networks learnt from this star: their answer is partly remembered.

    ``star``: its name in the bundle; ``by``: how it was known.
    """

    star: str
    by: SeenBy

    @property
    def note(self) -> str:
        """A sentence for a person."""
        how = {
            "name": f"the networks learnt from {self.star}",
            "position": f"it stands where {self.star} does",
            "spectrum": f"it is the spectrum of {self.star}",
        }[self.by]
        return f"Seen in training: {how}."
