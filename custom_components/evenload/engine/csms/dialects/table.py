"""Every dialect that is known."""

from .dialect import Dialect

DIALECTS: tuple[Dialect, ...] = ()
