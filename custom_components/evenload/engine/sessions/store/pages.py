"""Rows on pages of a damaged file to which no way leads any more, read as SQLite writes them (its "Database File Format", 1.6 and 2.1)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import Struct
from typing import Any, BinaryIO

# A page with rows of a table says so in its first byte; its rows are found by the numbers after its head.
_ROWS, _HEAD = 0x0D, 8

# What SQLite takes where nothing else is said, and we never do.
_PAGE = 4096

# A session of a year's quarter hours is shorter; what seems longer is damaged, and may lead round in circles.
_LONGEST = 16_000_000

# Lengths of whole numbers by their sort; from the text of no character on sorts are lengths.
_WHOLE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_FLOAT, _ZERO, _ONE, _TEXT = 7, 8, 9, 13

_DOUBLE = Struct(">d")

type Row = dict[str, Any]


def stranded(path: Path, columns: Sequence[str], number: str) -> Iterator[Row]:
    """Go through all that may be rows with these columns, as far as each can be read; `number` is their key.

    What was deleted may be among them, and rows of other tables. Raises `OSError`.
    """
    with path.open("rb") as file:
        for start in range(_PAGE, path.stat().st_size, _PAGE):
            file.seek(start)
            page = file.read(_PAGE)
            if len(page) == _PAGE and page[0] == _ROWS:
                yield from _rows(file, page, columns, number)


def _rows(
    file: BinaryIO, page: bytes, columns: Sequence[str], number: str
) -> Iterator[Row]:
    count = int.from_bytes(page[3:5])
    for place in range(_HEAD, min(_HEAD + 2 * count, _PAGE - 1), 2):
        at = int.from_bytes(page[place : place + 2])
        try:
            length, at = _number(page, at)
            row_id, at = _number(page, at)
            values = _values(_whole(file, page, at, length))
        except IndexError, ValueError:
            continue
        yield dict(zip(columns, values, strict=False)) | {number: row_id}


def _whole(file: BinaryIO, page: bytes, at: int, length: int) -> bytes:
    """Return a row with what of it stands on other pages, as far as those are there. Raises `ValueError`."""
    if length > _LONGEST:
        raise ValueError(length)
    if length <= _PAGE - 35:
        return page[at : at + length]
    least = (_PAGE - 12) * 32 // 255 - 23
    here = least + (length - least) % (_PAGE - 4)
    if here > _PAGE - 35:
        here = least
    found = page[at : at + here]
    following = int.from_bytes(page[at + here : at + here + 4])
    while following and len(found) < length:
        file.seek((following - 1) * _PAGE)
        more = file.read(_PAGE)
        if len(more) < _PAGE:
            break
        following = int.from_bytes(more[:4])
        found += more[4:]
    return found[:length]


def _values(row: bytes) -> list[Any]:
    """Return the values of a row up to the first that is not there. Raises `IndexError` or `ValueError`."""
    head, at = _number(row, 0)
    sorts = []
    while at < head:
        sort, at = _number(row, at)
        sorts.append(sort)
    found = []
    for sort in sorts:
        length = _length(sort)
        value = row[at : at + length]
        if len(value) < length:
            break
        found.append(_value(sort, value))
        at += length
    return found


def _length(sort: int) -> int:
    if sort in _WHOLE:
        return _WHOLE[sort]
    if sort == _FLOAT:
        return 8
    return 0 if sort < _TEXT - 1 else (sort - _TEXT + 1) // 2


def _value(sort: int, value: bytes) -> Any:
    if sort in {_ZERO, _ONE}:
        return sort - _ZERO
    if sort in _WHOLE:
        return int.from_bytes(value, signed=True)
    if sort == _FLOAT:
        [found] = _DOUBLE.unpack(value)
        return found
    if sort >= _TEXT and sort % 2:
        return value.decode()
    return None


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes, and what comes after it. Raises `IndexError`."""
    found = 0
    for place in range(8):
        byte = data[at + place]
        found = found << 7 | byte & 0x7F
        if byte < 0x80:
            return found, at + place + 1
    return found << 8 | data[at + 8], at + 9
