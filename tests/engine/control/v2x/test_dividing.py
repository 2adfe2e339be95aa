"""How vehicles share what they are to give together: a table that an electrician can read."""

from dataclasses import dataclass

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.evenload.engine.control.v2x.dividing import (
    Bound,
    Member,
    divided,
)
from custom_components.evenload.engine.model.identity import EvseKey

A, B, C = (EvseKey(name, 1) for name in "ABC")


@dataclass(frozen=True)
class Case:
    """What is to be given, by whom, within what, and what each then gives."""

    words: str
    total_w: float
    members: tuple[Member, ...]
    expected: dict[EvseKey, float]
    bounds: tuple[Bound, ...] = ()


def car(
    key: EvseKey,
    weight: float = 1.0,
    most_w: float = 7000.0,
    least_w: float = 0.0,
    *,
    active: bool = False,
) -> Member:
    """Return a vehicle that gives."""
    return Member(
        key=key, most_w=most_w, least_w=least_w, weight=weight, is_active=active
    )


CASES = [
    Case("alone", 3000, (car(A),), {A: 3000}),
    Case("no more than it can", 9000, (car(A),), {A: 7000}),
    Case("two alike", 3000, (car(A), car(B)), {A: 1500, B: 1500}),
    Case(
        "who has twice gives twice", 3000, (car(A, 20), car(B, 10)), {A: 2000, B: 1000}
    ),
    Case(
        "what one cannot give the others do",
        6000,
        (car(A, 1, 1000), car(B), car(C)),
        {A: 1000, B: 2500, C: 2500},
    ),
    Case(
        "one is enough below both minimums",
        2000,
        (car(A, 2, least_w=1400), car(B, 1, least_w=1400)),
        {A: 2000},
    ),
    Case(
        "who gives already goes on, though it has less",
        2000,
        (car(A, 2, least_w=1400), car(B, 1, least_w=1400, active=True)),
        {B: 2000},
    ),
    Case(
        "both when there is enough for both to begin",
        4000,
        (car(A, 1, least_w=1400), car(B, 1, least_w=1400)),
        {A: 2000, B: 2000},
    ),
    Case("too little to begin with", 1600, (car(A, least_w=1400),), {}),
    Case("enough to go on with", 1600, (car(A, least_w=1400, active=True),), {A: 1600}),
    Case(
        "its least rather than stop at once",
        1200,
        (car(A, least_w=1400, active=True),),
        {A: 1400},
    ),
    Case(
        "but not where that is too much for the house",
        1200,
        (car(A, least_w=1400, active=True),),
        {},
        (Bound(1200, {A: 1.0}),),
    ),
    Case(
        "a circuit of one is full, the other gives the rest",
        6000,
        (car(A), car(B)),
        {A: 1150, B: 4850},
        (Bound(5.0, {A: 1 / 230}),),
    ),
    Case(
        "a circuit of both is full",
        9000,
        (car(A), car(B)),
        {A: 2300, B: 2300},
        (Bound(20.0, {A: 1 / 230, B: 1 / 230}),),
    ),
    Case("nothing to give", 0, (car(A),), {}),
    Case("nobody", 3000, (), {}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_table(case: Case) -> None:
    shares = divided(case.total_w, case.members, case.bounds)
    assert shares == pytest.approx(case.expected, abs=0.1)


MEMBERS = st.lists(
    st.builds(
        Member,
        key=st.sampled_from([A, B, C]),
        most_w=st.floats(0, 11_000),
        least_w=st.sampled_from([0.0, 1400.0, 2000.0]),
        weight=st.floats(0, 1e5),
        is_active=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda one: one.key,
)
BOUNDS = st.lists(
    st.builds(
        Bound,
        st.floats(0, 8000),
        st.dictionaries(st.sampled_from([A, B, C]), st.floats(0.1, 3)),
    ),
    max_size=3,
)


@settings(max_examples=200, deadline=None)
@given(total_w=st.floats(0, 30_000), members=MEMBERS, bounds=BOUNDS)
def test_no_bound_is_ever_broken(
    total_w: float, members: list[Member], bounds: list[Bound]
) -> None:
    """Nobody gives less than its least or more than its most, and all together no more than anything has room for."""
    shares = divided(total_w, members, bounds)
    by_key = {one.key: one for one in members}
    for key, share_w in shares.items():
        assert by_key[key].least_w - 0.1 <= share_w <= by_key[key].most_w + 0.1
    for bound in bounds:
        assert bound.used(shares) <= bound.limit + 0.1
    least_w = sum(by_key[key].least_w for key in shares)
    assert sum(shares.values()) <= max(total_w, least_w) + 0.1
