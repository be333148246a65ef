"""The folder that serves as broker: Kombu's, but a message is there whole or not at all.

Kombu opens a message's file before it writes it. A worker that looks between the two reads
nothing, takes it for a message and dies of it.
"""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Puts messages into the folder under a name that no reader asks for, then renames them."""

    def _put(  # type: ignore[override]  # as kombu overrides it itself
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        folder = Path(self.data_folder_out)
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        unfinished = folder / f".{name}"
        unfinished.write_text(dumps(payload), "utf-8")
        os.replace(unfinished, folder / name)


class Transport(filesystem.Transport):
    """What `filesystem://` stands for here."""

    Channel = Channel


def use() -> None:
    """Let `filesystem://` mean this transport, in this process."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
