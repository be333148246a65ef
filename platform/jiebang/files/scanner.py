"""The malware scanner: ClamAV's daemon, where there is one."""

import os
import socket
import struct
from pathlib import Path

from django.conf import settings

CHUNK = 1 << 18
# Where Debian's clamav-daemon listens; taken when the settings name nothing.
USUAL = "/var/run/clamav/clamd.ctl"


class Unavailable(Exception):
    """The scanner is configured and does not answer; look again later."""


def is_configured() -> bool:
    """Say whether there is a scanner to ask."""
    return bool(_address())


def finding(path: Path) -> str:
    """Return the name of what the scanner found, empty for a clean file; raises Unavailable."""
    try:
        with _connect() as wire, path.open("rb") as file:
            wire.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                wire.sendall(struct.pack("!L", len(chunk)) + chunk)
            wire.sendall(struct.pack("!L", 0))
            answer = _read(wire)
    except OSError as error:
        raise Unavailable(str(error)) from error
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream:").removesuffix("FOUND").strip()
    if answer.endswith("OK"):
        return ""
    raise Unavailable(answer)


def _address() -> str:
    said: str = settings.CLAMD
    return said or (USUAL if os.path.exists(USUAL) else "")


def _connect() -> socket.socket:
    address = _address()
    seconds: float = settings.CLAMD_SECONDS
    if address.startswith("/"):
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(seconds)
        wire.connect(address)
        return wire
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=seconds)


def _read(wire: socket.socket) -> str:
    parts = []
    while chunk := wire.recv(4096):
        parts.append(chunk)
    return b"".join(parts).rstrip(b"\0").decode("utf-8", "replace").strip()
