"""The minimum of those that draw it whatever they are told: it is kept for them before anybody gets more than the least."""

from collections.abc import Collection

from .claims import Claim


def keep(claims: Collection[Claim]) -> frozenset[Claim]:
    """Give those that keep their minimum just that, and return them: where the minimum of all fits at once.

    Where it does not, nobody who is there waits for somebody who is not.
    """
    if not any(claim.demand.keeps for claim in claims):
        return frozenset()
    able = [claim for claim in claims if claim.is_able]
    started = [claim for claim in able if claim.start()]
    fits = len(started) == len(able)
    kept = [
        claim for claim in started if fits and claim.demand.keeps and not claim.single
    ]
    for claim in able:
        if claim not in kept:
            _undo(claim)
    return frozenset(kept)


def _undo(claim: Claim) -> None:
    """Let a claim begin anew."""
    claim.release()
    claim.full = None
    if claim.single:
        claim.switch()
