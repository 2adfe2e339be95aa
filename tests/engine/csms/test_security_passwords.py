"""Passwords and who may try them (security whitepaper A00.FR.204-205; OCPP-J 1.6 §6.2; RFC 7617)."""

import base64
import string

import pytest

from custom_components.evenload.engine.csms.door import attempts, passwords
from custom_components.evenload.engine.csms.door.attempts import Attempts, network_of
from custom_components.evenload.engine.csms.door.passwords import (
    Remembered,
    canonical,
    hashed,
    hexadecimal,
    matches,
    new_password,
    password_of,
)
from tests.engine.csms.dialler import basic

CHEAP = 2**4

# The example of OCPP-J 1.6 §6.2: charge point "AL1000" with the key 0001020304050607FFFF…
EXAMPLE_KEY = bytes.fromhex("0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF")
EXAMPLE_HEADER = "Basic QUwxMDAwOgABAgMEBQYH////////////////"


def test_the_example_of_the_specification() -> None:
    assert password_of(EXAMPLE_HEADER, "AL1000") == EXAMPLE_KEY
    stored = hashed(EXAMPLE_KEY, CHEAP)
    assert matches(EXAMPLE_KEY, stored)
    # Stations that do not decode the digits show them as they were written.
    assert matches(b"0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF", stored)
    assert matches(b"0001020304050607ffffffffffffffffffffffff", stored)
    assert not matches(b"0001020304050607FFFFFFFFFFFFFFFFFFFFFFFE", stored)


@pytest.mark.parametrize(
    ("header", "password"),
    [
        (basic("A", "secret"), b"secret"),
        (basic("A", b"\xff\x00\xfe"), b"\xff\x00\xfe"),
        (basic("A", ""), b""),
        (basic("A", "with:colon"), b"with:colon"),
        (basic("A", "x").replace("Basic", "BASIC"), b"x"),
        (basic("A", "x").replace("Basic ", "Basic   "), b"x"),
        (basic("B", "secret"), None),
        (basic("a", "secret"), None),
        (basic("AA", "secret"), None),
        (basic("", "secret"), None),
        ("Basic " + base64.b64encode(b"A").decode(), None),
        ("Basic not base64!", None),
        ("Basic", None),
        ("Bearer abc", None),
        ("", None),
        (None, None),
    ],
)
def test_the_user_name_is_the_identity(
    header: str | None, password: bytes | None
) -> None:
    assert password_of(header, "A") == password


def test_an_identity_with_a_colon() -> None:
    assert password_of(basic("R2D2:1", "secret"), "R2D2:1") == b"secret"
    assert password_of(basic("R2D2", "1:secret"), "R2D2:1") == b"secret"


def test_a_password_of_ours_suits_every_version() -> None:
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    for password in made:
        # 2.0.1: 16 to 40 characters of passwordString; 1.6: at most 40 digits for 16 to 20 bytes.
        assert 16 <= len(password) <= 40
        assert set(password) <= set(string.ascii_letters + string.digits)
        assert len(hexadecimal(password)) == 40
        assert canonical(hexadecimal(password).encode()) == password.encode()


def test_what_is_kept_names_its_parameters_and_not_the_password() -> None:
    stored = hashed(b"correct horse battery", CHEAP)
    scheme, cost, block_size, parallel, salt, key = stored.split("$")
    assert (scheme, cost, block_size, parallel) == ("scrypt", "16", "8", "1")
    assert len(bytes.fromhex(salt)) == 16
    assert len(bytes.fromhex(key)) == 32
    assert "horse" not in stored
    # The salt differs: two stations with one password do not look alike.
    assert hashed(b"correct horse battery", CHEAP) != stored
    assert not matches(b"correct horse batter", stored)
    assert not matches(b"correct horse battery", stored.replace("scrypt", "md5"))


def test_what_was_checked_is_known_but_not_what_it_was() -> None:
    remembered = Remembered()
    assert remembered.recall(b"p", "stored") is None
    remembered.note(b"p", "stored", matched=True)
    remembered.note(b"q", "stored", matched=False)
    assert remembered.recall(b"p", "stored") is True
    assert remembered.recall(b"q", "stored") is False
    # Another password that is kept is another question.
    assert remembered.recall(b"p", "changed") is None
    assert b"p" not in remembered._known[True]
    # The keys of two processes differ.
    assert Remembered()._digest(b"p", "s") != Remembered()._digest(b"p", "s")


def test_wrong_ones_do_not_crowd_out_right_ones() -> None:
    remembered = Remembered()
    remembered.note(b"right", "stored", matched=True)
    for number in range(2 * passwords.REMEMBERED):
        remembered.note(str(number).encode(), "stored", matched=False)
    assert remembered.recall(b"right", "stored") is True
    assert remembered.recall(b"0", "stored") is None
    assert len(remembered._known[False]) == passwords.REMEMBERED


def test_a_guesser_is_stopped_and_forgiven() -> None:
    book = Attempts()
    for _ in range(attempts.ADDRESS_FAILURES):
        assert book.may_guess("10.0.0.1", "A", (), 0.0)
        book.guessed("10.0.0.1", "A", 0.0)
    assert not book.may_guess("10.0.0.1", "A", (), 0.0)
    # It is the address that is stopped, but for a few looks at every neighbour.
    for _ in range(attempts.NEIGHBOUR_FAILURES):
        assert book.may_guess("10.0.0.1", "B", (), 0.0)
        book.guessed("10.0.0.1", "B", 0.0)
    assert not book.may_guess("10.0.0.1", "B", (), 0.0)
    assert book.may_guess("10.0.0.1", "A", (), attempts.FORGIVEN_S + 0.1)


def test_guessers_from_everywhere_do_not_lock_a_station_out() -> None:
    book = Attempts()
    for number in range(200):
        address = f"10.0.{number % 8}.1"
        if book.may_guess(address, "A", (), 0.0):
            book.guessed(address, "A", 0.0)
    # From where it came before, and from where nobody has guessed.
    assert book.may_guess("10.0.1.1", "A", ("10.0.1.1",), 0.0)
    assert book.may_guess("10.9.9.9", "A", (), 0.0)
    assert not book.may_guess("10.0.2.1", "A", (), 0.0)


def test_who_fails_is_told_to_wait_by_address_and_by_identity() -> None:
    book = Attempts()
    for number in range(attempts.IDENTITY_FAILURES):
        assert not book.are_too_many("10.1.0.0", "A", 0.0)
        book.failed(f"10.0.0.{number}", "A", 0.0)
    assert book.are_too_many("10.1.0.0", "A", 0.0)
    assert not book.are_too_many("10.1.0.0", "B", 0.0)
    # Nothing of that keeps a password from being looked at.
    assert book.may_guess("10.1.0.0", "A", (), 0.0)


def test_what_is_remembered_of_strangers_is_bounded() -> None:
    book = Attempts()
    for number in range(5 * attempts.REMEMBERED):
        address = f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"
        book.failed(address, f"S{number}", 0.0)
        book.guessed(address, f"S{number}", 0.0)
    for failures in (*book._failures, *book._guesses, book._neighbours):
        assert len(failures._levels) == attempts.REMEMBERED


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.168.1.20", "192.168.1.20"),
        ("::ffff:192.168.1.20", "192.168.1.20"),
        # Every machine may take any address of its network.
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_an_address_stands_for_what_a_machine_cannot_change(
    address: str, network: str
) -> None:
    assert network_of(address) == network
