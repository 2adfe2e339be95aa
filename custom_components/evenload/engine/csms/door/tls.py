"""Encryption of the port that stations dial (OCPP 1.6 security whitepaper and OCPP 2.0.1 part 2, A00.FR.301-426)."""

from contextvars import ContextVar
from pathlib import Path
import ssl

from ...model.configuration import ListenerConfig
from ...model.errors import BadSetting, ListenerError
from ...model.security import TlsFailure
from .certificates import CertificateFacts, read_facts

# A00.FR.318: what a station of profile 2 or 3 speaks at least is one of these pairs. Behind a forward secret exchange
# first; those without are what stations with an RSA certificate and little memory have.
_CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:"
    "AES128-GCM-SHA256:AES256-GCM-SHA384"
)

# What OpenSSL calls it when one side says something that the other does not understand, or does not accept.
_EXPLANATIONS = {
    "HTTP_REQUEST": TlsFailure.NOT_ENCRYPTED,
    "NO_SHARED_CIPHER": TlsFailure.NOTHING_IN_COMMON,
    "UNSUPPORTED_PROTOCOL": TlsFailure.NOTHING_IN_COMMON,
    "VERSION_TOO_LOW": TlsFailure.NOTHING_IN_COMMON,
    "NO_SUITABLE_SIGNATURE_ALGORITHM": TlsFailure.NOTHING_IN_COMMON,
    "NO_SUITABLE_KEY_SHARE": TlsFailure.NOTHING_IN_COMMON,
    "NO_SHARED_SIGNATURE_ALGORITHMS": TlsFailure.NOTHING_IN_COMMON,
    "NO_SHARED_GROUPS": TlsFailure.NOTHING_IN_COMMON,
    "TLSV1_ALERT_PROTOCOL_VERSION": TlsFailure.NOTHING_IN_COMMON,
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": TlsFailure.NOTHING_IN_COMMON,
    "TLSV1_ALERT_UNKNOWN_CA": TlsFailure.DISTRUSTED,
    "SSLV3_ALERT_BAD_CERTIFICATE": TlsFailure.DISTRUSTED,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": TlsFailure.DISTRUSTED,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": TlsFailure.DISTRUSTED,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": TlsFailure.DISTRUSTED,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": TlsFailure.DISTRUSTED,
    "TLSV1_ALERT_ACCESS_DENIED": TlsFailure.DISTRUSTED,
    "TLSV1_ALERT_UNRECOGNIZED_NAME": TlsFailure.DISTRUSTED,
    "CERTIFICATE_VERIFY_FAILED": TlsFailure.STATION_CERTIFICATE,
}


class Tls:
    """The certificate in use: new handshakes get the newest that works, open connections keep theirs."""

    def __init__(self, config: ListenerConfig) -> None:
        """Read the files: not for the loop. Raises `ListenerError`."""
        self._config = config
        self._seen = self._stamps()
        self.context = self._load()
        self.facts = self._facts()

    def has_changed(self) -> bool:
        """Whether the files are others than those last read. Not for the loop."""
        return self._stamps() != self._seen

    def reload(self) -> None:
        """Read the files again: not for the loop. Raises `ListenerError`, and goes on with what worked."""
        seen = self._stamps()
        context = self._load()
        self.context, self.facts, self._seen = context, self._facts(), seen

    def _load(self) -> ssl.SSLContext:
        config = self._config
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # A00.FR.317 forbids compression; nothing is negotiated anew or resumed: it would pass by a newer certificate.
        context.options |= (
            ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_TICKET
        )
        context.num_tickets = 0
        context.set_ciphers(_CIPHERS)
        # It is called for every client, with the name that it asks for or without.
        context.sni_callback = _answered
        try:
            # Without a password OpenSSL would ask for one on the terminal, and wait.
            context.load_cert_chain(
                str(config.certificate), config.private_key, password=""
            )
            if config.client_ca is not None:
                context.load_verify_locations(config.client_ca)
                # Stations of profile 2 have no certificate.
                context.verify_mode = ssl.CERT_OPTIONAL
                # The owner may trust a maker's authority, or a single station, rather than a root above it.
                context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        except (OSError, ssl.SSLError) as error:
            raise self._unusable(str(error)) from error
        return context

    def _facts(self) -> CertificateFacts:
        try:
            return read_facts(str(self._config.certificate))
        except BadSetting as error:
            raise self._unusable(error.key) from error

    def _unusable(self, detail: str) -> ListenerError:
        return ListenerError(
            "invalid_certificate", self._config.host, self._config.port, detail
        )

    def _stamps(self) -> tuple[tuple[int, int, int] | None, ...]:
        config = self._config
        paths = (config.certificate, config.private_key, config.client_ca)
        return tuple(_stamp(path) for path in paths if path is not None)


class Handshake:
    """How far a handshake has come."""

    def __init__(self) -> None:
        """Begin one, in the task that runs."""
        self.is_answered = False
        _HANDSHAKE.set(self)

    def explained(self, error: BaseException) -> TlsFailure:
        """Return why it failed."""
        reason = error.reason if isinstance(error, ssl.SSLError) else None
        return _EXPLANATIONS.get(
            reason or "",
            TlsFailure.BROKEN_OFF if self.is_answered else TlsFailure.UNEXPLAINED,
        )


# Every handshake has a task of its own, and with it a context of its own.
_HANDSHAKE: ContextVar[Handshake | None] = ContextVar("handshake", default=None)


def _answered(*_: object) -> None:
    """Note that the other side has said what it speaks: what comes next is our certificate."""
    handshake = _HANDSHAKE.get()
    if handshake is not None:
        handshake.is_answered = True


def _stamp(path: str) -> tuple[int, int, int] | None:
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
