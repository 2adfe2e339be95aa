"""Encoding of what is written again and again: only what has changed since the last time costs anything."""

from collections.abc import Callable, Iterable
from typing import Any

from mashumaro.codecs.basic import BasicEncoder


def as_it_is[T](thing: T) -> T:
    """Return what there is, all of it."""
    return thing


class Encodings[T]:
    """Encodes unchangeable things, and remembers what it made of each: the same object is not encoded again."""

    def __init__(self, shape: type[T], kept: Callable[[T], T] = as_it_is) -> None:
        """Begin with none; of a thing is written what is `kept` of it."""
        self._encoder = BasicEncoder(shape)
        self._kept = kept
        # By the object's id, which is its own for as long as it is kept here.
        self._known: dict[int, tuple[T, Any]] = {}

    def of(self, things: Iterable[T]) -> list[Any]:
        """Return them encoded, and forget all others."""
        known, self._known = self._known, {}
        found = []
        for thing in things:
            pair = known.get(id(thing)) or (
                thing,
                self._encoder.encode(self._kept(thing)),
            )
            self._known[id(thing)] = pair
            found.append(pair[1])
        return found
