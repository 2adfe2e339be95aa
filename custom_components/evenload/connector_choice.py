"""The choice of some of a station's connectors, for the forms that ask about each."""

from collections.abc import Iterable

from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)


def connector_choice(connectors: Iterable[int]) -> SelectSelector:
    """Return the choice of some of these connectors: their numbers need no translation."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[str(number) for number in connectors],
            mode=SelectSelectorMode.LIST,
            multiple=True,
        )
    )
