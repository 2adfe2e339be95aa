"""Ports and addresses of this machine."""

import secrets
import socket

# Below those that Linux, Windows and macOS give to connections that leave.
FIRST_PORT, PORTS = 20_000, 12_000


def is_free(port: int) -> bool:
    """Whether a server could listen on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port that nobody uses now, and that the system gives to no connection by itself before a server listens there."""
    while not is_free(port := FIRST_PORT + secrets.randbelow(PORTS)):
        pass
    return port


def lan_address() -> str:
    """Return the address that the home's network knows this machine by."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # A datagram socket sends nothing when it connects; the address is one reserved for documentation.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
