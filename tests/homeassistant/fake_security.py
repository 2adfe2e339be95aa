"""The protection of a fake site's stations: tests say what there is, and read what it was asked."""

from collections import Counter, defaultdict
from typing import override
from unittest.mock import AsyncMock, Mock

from custom_components.evenload.engine.model.security import (
    Keys,
    SecurityProfile,
    TlsFailure,
)
from custom_components.evenload.engine.security import CertificateFacts, Security


class FakeSecurity(Security):
    """Keeps what it is told, and sends nothing."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.known: dict[str, Keys] = defaultdict(Keys)
        self.least: dict[str, SecurityProfile] = defaultdict(
            lambda: SecurityProfile.NONE
        )
        self.showing: set[str] = set()
        self.facts: CertificateFacts | None = None
        self.failures: Counter[TlsFailure] = Counter()
        self.encrypted_port: int | None = None
        # What the owner did; a test makes one fail by giving it a side effect.
        self.offer_password = AsyncMock()  # type: ignore[method-assign]  # a test reads what it was asked
        self.keep_password = AsyncMock()  # type: ignore[method-assign]  # likewise
        self.keep_shown_password = AsyncMock()  # type: ignore[method-assign]  # likewise
        self.forget_password = AsyncMock()  # type: ignore[method-assign]  # likewise
        self.pin_shown = AsyncMock()  # type: ignore[method-assign]  # likewise
        self.serve_other = Mock()  # type: ignore[method-assign]  # likewise
        self.reload_certificate = AsyncMock()  # type: ignore[method-assign]  # likewise

    @property
    @override
    def tls_port(self) -> int | None:
        return self.encrypted_port

    @property
    @override
    def certificate(self) -> CertificateFacts | None:
        return self.facts

    @property
    @override
    def tls_failures(self) -> Counter[TlsFailure]:
        return self.failures

    @override
    def required(self, identity: str) -> SecurityProfile:
        return self.least[identity]

    @override
    def keys(self, identity: str) -> Keys:
        return self.known[identity]

    @override
    def shows_password(self, identity: str) -> bool:
        return identity in self.showing
