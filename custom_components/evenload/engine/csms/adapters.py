"""What speaks each version of OCPP."""

from collections.abc import Callable

from ..model.stations import OcppVersion
from .connection import Adapter, Connection
from .host import Host
from .v2.adapter import Adapter21, Adapter201
from .v16.adapter import Adapter16

ADAPTERS: dict[OcppVersion, Callable[[Connection, Host], Adapter]] = {
    OcppVersion.V16: Adapter16,
    OcppVersion.V201: Adapter201,
    OcppVersion.V21: Adapter21,
}
