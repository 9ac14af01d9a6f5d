"""What goes wrong by the user's hand, each told in one sentence.

The command line prints the sentence and ends with exit code 2; a page shows it in a box.
Anything else that is raised is a fault of the program.
"""


class HarError(Exception):
    """A sentence for the user: what is wrong, where, what was found and what would mend it."""


class DataError(HarError):
    """A data set can't be read or used as it is."""


class AmbiguousReadingError(DataError):
    """Files can be read in several ways that fit equally well; the user has to choose one.

    Attributes:
        choice: what is to be chosen, as ``ReadingChoices`` call it: ``layout`` or ``skeleton``.
        choices: what fits.
    """

    def __init__(self, message: str, choice: str, choices: tuple[str, ...]) -> None:
        super().__init__(message)
        self.choice = choice
        self.choices = choices


class ArgumentError(DataError, ValueError):
    """What a notebook gives as sequences or labels is neither; a ValueError to scikit-learn's tools."""


class ConfigError(HarError):
    """A setting of an experiment is unknown, of the wrong type or out of range."""


class RunError(HarError):
    """A run is missing, damaged, or not in a state that allows what was asked."""


class RunLockedError(RunError):
    """A run is being written by another thread or process."""
