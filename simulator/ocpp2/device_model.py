"""The variables of one station, found by name (OCPP 2.0.1 part 1 §4, part 2 B05-B08)."""

from collections.abc import Iterator

from simulator.ocpp2.places import Place, place_of, text_of
from simulator.ocpp2.variables import Unset, Variable, listed
from simulator.ocppj.frames import Payload


class DeviceModel:
    """The variables of one station."""

    def __init__(self, variables: list[Variable], settings: dict[str, str]) -> None:
        """Start with the factory's values, changed by the settings; those of a place that is not there add it."""
        self._by_key = {variable.place.key: variable for variable in variables}
        self._by_text: dict[str, Variable] = {}
        self.changed: dict[str, str] = {}
        self._factory: dict[str, str] = {}
        for text, value in settings.items():
            place = Place.parse(text)
            if place.key in self._by_key:
                self._by_key[place.key].value = value
            else:
                self._by_key[place.key] = Variable(place, value)

    def __iter__(self) -> Iterator[Variable]:
        """Every variable."""
        return iter(self._by_key.values())

    def at(self, text: str) -> Variable:
        """The variable of that place; raises KeyError."""
        if text not in self._by_text:
            self._by_text[text] = self._by_key[Place.parse(text).key]
        return self._by_text[text]

    def text(self, text: str) -> str:
        """A value as it is written; nothing where there is no such variable."""
        try:
            return self.at(text).now
        except KeyError:
            return ""

    def number(self, text: str) -> int:
        """A value as a whole number."""
        return int(self.text(text) or 0)

    def flag(self, text: str) -> bool:
        """A value as yes or no."""
        return self.text(text).lower() == "true"

    def items(self, text: str) -> list[str]:
        """A value as the list it is."""
        return listed(self.text(text))

    def find(self, component: Payload, variable: Payload) -> Variable:
        """The variable that a payload names; raises Unset."""
        place = place_of(component, variable)
        if found := self._by_key.get(place.key):
            return found
        known = any(v.place.component_key == place.component_key for v in self)
        raise Unset("UnknownVariable" if known else "UnknownComponent", "NotFound")

    def change(self, variable: Variable, kind: str, value: str) -> str:
        """Write an attribute; returns Accepted or RebootRequired, raises Unset."""
        variable.check(kind, value)
        self.set(text_of(variable.place), value)
        return "RebootRequired" if variable.needs_reboot else "Accepted"

    def set(self, text: str, value: str) -> None:
        """Write a value from inside, whoever may write it from outside."""
        self._remember_factory(text)
        self.at(text).value = self.changed[text] = value

    def _remember_factory(self, text: str) -> None:
        self._factory.setdefault(text, self.at(text).value)

    def restore(self, changed: dict[str, str]) -> None:
        """Take up again what was written before a reboot, and nothing else."""
        for text in self.changed:
            self.at(text).value = self._factory[text]
        self.changed = dict(changed)
        for text, value in changed.items():
            self._remember_factory(text)
            self.at(text).value = value
