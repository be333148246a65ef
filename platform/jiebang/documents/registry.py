"""Where an electronic seal is plugged in (电子签章): named by a setting, none by default."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Sealed(NamedTuple):
    """A sealed PDF and what the provider says of it: certificate, serial, time."""

    pdf: bytes
    certificate: Mapping[str, Any]


class Sealer(Protocol):
    """A provider of electronic seals."""

    name: str

    def seal(self, pdf: bytes, *, side: str, unit: str, uscc: str, signer: str) -> Sealed:
        """Return the PDF with the unit's seal; raises DomainError when it is refused."""


def sealer() -> Sealer | None:
    """Return the provider that the settings name, or None."""
    if not settings.SEALER:
        return None
    provider: Sealer = import_string(settings.SEALER)()
    return provider
