"""Numbers as stations write them (1.6 §7.33: a decimal point, and nothing else)."""

import pytest

from custom_components.evenload.engine.csms.meters import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234", 1234),
        (" 12.5 ", 12.5),
        ("-3.25", -3.25),
        ("+7", 7),
        ("1e3", 1000),
        (".5", 0.5),
        (12, 12),
        (1.5, 1.5),
        # A comma for a point.
        ("12,5", 12.5),
        ("-0,25", -0.25),
        ("0,234", 0.234),
        ("1234,567", 1234.567),
        ("12,34", 12.34),
        (",5", 0.5),
        ("1,5e3", 1500),
        # With separators as well: the last of two marks is the decimal one.
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567,89", 1234567.89),
        ("1,234,567", 1234567),
        ("1,234,567.8", 1234567.8),
        # 1234 or 1.234: nobody knows, and a thousand times as much is no small mistake.
        ("1,234", None),
        ("-12,345", None),
        ("999,000", None),
        # To Python a number, to nobody else.
        ("1_000", None),
        ("1_0,5", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("", None),
        (",", None),
        ("1,2,3", None),
        ("1,23,456", None),
        ("1.2.3", None),
        ("12,34.5", None),
        ("12 kW", None),
        ("abc", None),
    ],
)
def test_a_number(text: str | float, value: float | None) -> None:
    assert number(text) == value
