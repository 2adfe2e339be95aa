"""What may be wrong with an input of planning; each has a state to show and a sentence for the owner."""

from enum import StrEnum


class InputState(StrEnum):
    """How an input of planning is. Only a good one is planned with, and one with gaps or that is being learnt, as far as it goes."""

    GOOD = "good"
    NOT_SET_UP = "not_set_up"
    # The entity, the entry or the calendar is not there any more.
    MISSING = "missing"
    # It is there, and says nothing now.
    SILENT = "silent"
    # It says something that has no shape that is known.
    UNREADABLE = "unreadable"
    OTHER_UNIT = "other_unit"
    OTHER_CURRENCY = "other_currency"
    # Something is missing between now and the last value that is known.
    GAPS = "gaps"
    # It was asked and did not answer, or with an error.
    FAILED = "failed"
    # What was known lies in the past.
    OVER = "over"
    # It says more than there can be.
    OUT_OF_RANGE = "out_of_range"
    # There is little to learn from yet.
    LEARNING = "learning"


class InputTroubleError(Exception):
    """An input that cannot be planned with, and why; `placeholders` are those of its sentence."""

    def __init__(self, state: InputState, **placeholders: str) -> None:
        """Keep what is wrong."""
        super().__init__(state)
        self.state = state
        self.placeholders = placeholders
