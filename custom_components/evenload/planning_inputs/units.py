"""Units of prices: of currencies and their cents, per kWh, MWh or Wh."""

from dataclasses import dataclass

# What stands behind the stroke, by how many of it a kWh has.
_PER_KWH = {"wh": 1000.0, "kwh": 1.0, "mwh": 0.001}

# Names of a hundredth, as they are written on sensors. Of some it is clear whose they are.
_CENTS: dict[str, frozenset[str]] = {
    "c": frozenset(),
    "cent": frozenset(),
    "cents": frozenset(),
    "¢": frozenset(),
    "ct": frozenset(),
    "cts": frozenset(),
    "snt": frozenset({"EUR"}),
    "c€": frozenset({"EUR"}),
    "ct€": frozenset({"EUR"}),
    "€ct": frozenset({"EUR"}),
    "€c": frozenset({"EUR"}),
    "p": frozenset({"GBP"}),
    "pence": frozenset({"GBP"}),
    "öre": frozenset({"SEK"}),
    "øre": frozenset({"DKK", "NOK"}),
    "ore": frozenset({"SEK", "DKK", "NOK"}),
    "gr": frozenset({"PLN"}),
    "rp": frozenset({"CHF"}),
    "rp.": frozenset({"CHF"}),
}

# Signs that stand for one currency, or for several.
_SIGNS: dict[str, frozenset[str]] = {
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "$": frozenset({"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "CLP", "TWD"}),
    "us$": frozenset({"USD"}),
    "a$": frozenset({"AUD"}),
    "au$": frozenset({"AUD"}),
    "kr": frozenset({"SEK", "DKK", "NOK", "ISK"}),
    "kr.": frozenset({"SEK", "DKK", "NOK", "ISK"}),
    "zł": frozenset({"PLN"}),
    "kč": frozenset({"CZK"}),
    "ft": frozenset({"HUF"}),
    "fr": frozenset({"CHF"}),
    "fr.": frozenset({"CHF"}),
    "лв": frozenset({"BGN"}),
    "lei": frozenset({"RON"}),
    "¥": frozenset({"JPY", "CNY"}),
    "₹": frozenset({"INR"}),
    "₴": frozenset({"UAH"}),
    "₺": frozenset({"TRY"}),
    "r": frozenset({"ZAR"}),
}

_CODE = 3


@dataclass(frozen=True, slots=True)
class PriceUnit:
    """What a price is told in: how many of the currency per kWh a 1 is, and which currencies it may be.

    `currencies` is empty where the unit does not say: then it is that of Home Assistant.
    """

    factor: float
    currencies: frozenset[str] = frozenset()

    def fits(self, currency: str) -> bool:
        """Whether it may be this currency."""
        return not self.currencies or currency in self.currencies

    @property
    def named(self) -> str:
        """The currencies that it may be, as they are shown."""
        return ", ".join(sorted(self.currencies))


def price_unit(text: str | None, currency: str = "") -> PriceUnit | None:
    """Return what a unit means, or None where it is none of a price of energy.

    `currency` is told beside the unit by some, and then goes before what the unit says.
    """
    money, stroke, energy = (text or "").partition("/")
    per_kwh = _PER_KWH.get(energy.strip().casefold())
    if not stroke or per_kwh is None:
        return None
    found = _money(money.strip())
    if found is None:
        return None
    hundredths, currencies = found
    if currency:
        currencies = frozenset({currency.upper()})
    return PriceUnit((0.01 if hundredths else 1.0) * per_kwh, currencies)


def _money(name: str) -> tuple[bool, frozenset[str]] | None:
    """Return whether a name is one of hundredths, and whose."""
    folded = name.casefold()
    if folded in _CENTS:
        return True, _CENTS[folded]
    if folded in _SIGNS:
        return False, _SIGNS[folded]
    if len(name) == _CODE and name.isascii() and name.isalpha():
        return False, frozenset({name.upper()})
    # "EUR cents", "EURct", and the like.
    code, rest = name[:_CODE], name[_CODE:].strip().casefold()
    if code.isascii() and code.isalpha() and rest in _CENTS:
        return True, frozenset({code.upper()})
    return None
