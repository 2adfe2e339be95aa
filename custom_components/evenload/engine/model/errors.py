"""The engine's few exceptions. The Home Assistant part turns them into translated errors, once."""


class EvenloadError(Exception):
    """Anything that the owner may have to be told."""


class NotConnected(EvenloadError):
    """The station has no connection."""

    def __init__(self, identity: str) -> None:
        """Name the station."""
        super().__init__(f"{identity} is not connected")
        self.identity = identity


class StationSilent(EvenloadError):
    """The station did not answer in time: it may or may not have done what it was asked."""

    def __init__(self, identity: str, action: str) -> None:
        """Name the station and what it was asked."""
        super().__init__(f"{identity} did not answer {action}")
        self.identity = identity
        self.action = action


class StationRefused(EvenloadError):
    """The station answered, and the answer was no."""

    def __init__(self, identity: str, action: str, answer: str) -> None:
        """Name the station, what it was asked and what it answered."""
        super().__init__(f"{identity} answered {action} with {answer}")
        self.identity = identity
        self.action = action
        self.answer = answer


class InvalidRequest(EvenloadError):
    """What should be sent does not fit the message's schema; nothing left the house."""

    def __init__(self, action: str, detail: str) -> None:
        """Name the message and what is wrong with it."""
        super().__init__(f"{action}: {detail}")
        self.action = action
        self.detail = detail


class ListenerError(EvenloadError):
    """The server's port cannot be opened."""

    def __init__(self, key: str, host: str | None, port: int, detail: str = "") -> None:
        """Say why (`address_in_use`, `cannot_bind`, `invalid_certificate`) and where."""
        super().__init__(f"{key}: {host or '*'}:{port} {detail}".rstrip())
        self.key = key
        self.host = host
        self.port = port
        self.detail = detail


class StoreUnusable(EvenloadError):
    """The store of sessions cannot be read or written."""


class BadSetting(EvenloadError):
    """A setting that would not be safe or makes no sense; `key` names the sentence to show."""

    def __init__(self, key: str, **placeholders: str) -> None:
        """Name the sentence and what to fill in."""
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders
