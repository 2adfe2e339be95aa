"""Passwords of stations: made, kept as hashes, and recognised in the ways that stations send them.

Sources: OCPP 1.6 security whitepaper §2.4 and A00.FR.204-205; OCPP-J 1.6 §6.2; RFC 7617; RFC 7914.
"""

import base64
import binascii
from collections import OrderedDict
import hashlib
import hmac
import re
import secrets
import string

# Letters and digits alone: every version allows them, no station mistakes them for anything else, and in 1.6 their
# hexadecimal form has the 40 digits that the oldest stations insist on. 20 of them hold 119 bits.
_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 20

# What is chosen at random is not guessed: stretching it would only delay a crowd of stations after a restart.
# What a person chose is stretched as RFC 7914 proposes for interactive logins.
COST_RANDOM = 2**10
COST_CHOSEN = 2**14
_BLOCK_SIZE, _PARALLEL, _KEY_BYTES, _SALT_BYTES = 8, 1, 32, 16
_MAXIMUM_MEMORY = 128 * 2**20

# 1.6 writes a password of 16 to 20 bytes with two digits each.
_HEXADECIMAL = re.compile(rb"(?:[0-9A-Fa-f]{2}){16,20}")

REMEMBERED = 1024


def new_password() -> str:
    """Return a password that nobody can guess."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def hexadecimal(password: str) -> str:
    """Return a password as 1.6 writes it into a station."""
    return canonical(password.encode()).hex().upper()


def canonical(password: bytes) -> bytes:
    """Return the bytes that a password stands for: some stations show the digits that others decode."""
    if _HEXADECIMAL.fullmatch(password):
        return bytes.fromhex(password.decode())
    return password


def hashed(password: bytes, cost: int) -> str:
    """Return what is kept of a password: the parameters, the salt and the hash. Takes its time: not for the loop."""
    salt = secrets.token_bytes(_SALT_BYTES)
    key = _derived(canonical(password), salt, cost, _BLOCK_SIZE, _PARALLEL)
    parts = (cost, _BLOCK_SIZE, _PARALLEL, salt.hex(), key.hex())
    return "$".join(("scrypt", *map(str, parts)))


def matches(password: bytes, stored: str) -> bool:
    """Whether a password is the one of which this was kept. Takes its time: not for the loop."""
    scheme, cost, block_size, parallel, salt, key = stored.split("$")
    if scheme != "scrypt":
        return False
    derived = _derived(
        canonical(password),
        bytes.fromhex(salt),
        int(cost),
        int(block_size),
        int(parallel),
    )
    return hmac.compare_digest(derived, bytes.fromhex(key))


def password_of(authorization: str | None, identity: str) -> bytes | None:
    """Return the password in an HTTP header; None where there is none, or it is another's than the station's."""
    scheme, _, encoded = (authorization or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        return None
    # An identity may hold a colon, and a password any byte (A00.FR.204, .205).
    user = identity.encode() + b":"
    return decoded[len(user) :] if decoded.startswith(user) else None


class Remembered:
    """What was checked before: known by a digest that is worth nothing outside this process, and bounded."""

    def __init__(self) -> None:
        """Begin with nothing, and with a key that nobody has."""
        self._key = secrets.token_bytes(32)
        # Apart, so that wrong ones cannot crowd out right ones.
        self._known: dict[bool, OrderedDict[bytes, None]] = {
            True: OrderedDict(),
            False: OrderedDict(),
        }

    def recall(self, password: bytes, stored: str) -> bool | None:
        """Return what a check said, or None when there was none."""
        digest = self._digest(password, stored)
        for matched, known in self._known.items():
            if digest in known:
                known.move_to_end(digest)
                return matched
        return None

    def note(self, password: bytes, stored: str, *, matched: bool) -> None:
        """Keep what a check said."""
        known = self._known[matched]
        known[self._digest(password, stored)] = None
        while len(known) > REMEMBERED:
            known.popitem(last=False)

    def _digest(self, password: bytes, stored: str) -> bytes:
        message = stored.encode() + b"\0" + canonical(password)
        return hmac.digest(self._key, message, "sha256")


def _derived(
    password: bytes, salt: bytes, cost: int, block_size: int, parallel: int
) -> bytes:
    return hashlib.scrypt(
        password,
        salt=salt,
        n=cost,
        r=block_size,
        p=parallel,
        maxmem=_MAXIMUM_MEMORY,
        dklen=_KEY_BYTES,
    )
