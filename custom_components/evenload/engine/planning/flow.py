"""Which columns of a programme are a vehicle's."""

from dataclasses import dataclass, field

from .abilities import Ability


@dataclass(slots=True)
class Flow:
    """The columns of one vehicle, by quarter."""

    vehicle: Ability
    charge: dict[int, int] = field(default_factory=dict)
    discharge: dict[int, int] = field(default_factory=dict)
    # 1 while it charges, or discharges; where it may do so with any power there is none.
    charging: dict[int, int] = field(default_factory=dict)
    discharging: dict[int, int] = field(default_factory=dict)
    # What is in the battery at the end of a quarter, above what there was at the beginning.
    added: dict[int, int] = field(default_factory=dict)
    missing: tuple[int, ...] = ()
