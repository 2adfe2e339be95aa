"""What those above may have a station do: of one that is real, or of one that stands for several."""

from typing import Protocol

from ..csms.commands import Listing, Operation, Upkeep


class Asked(Operation, Listing, Upkeep, Protocol):
    """Part of `csms.commands.Commands`, which raises what these raise."""
