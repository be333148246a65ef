"""Which function does which job; filled by the `tasks` modules of the apps when Django starts."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Progress(Protocol):
    """How a handler says how far it is; also renews its claim.

    Called between transactions: inside one, nobody would see it. It ends the handler by an
    exception once another worker has taken the job over.
    """

    def __call__(self, done: int, total: int, message: str = "") -> None:
        """Tell that `done` of `total` is done; `message` is for people."""


Handler = Callable[..., Mapping[str, Any] | None]
HANDLERS: dict[str, Handler] = {}


def handles(name: str) -> Callable[[Handler], Handler]:
    """Register a function, called with the job's args and `progress=`; must be safe to repeat."""

    def register(function: Handler) -> Handler:
        if name in HANDLERS:
            raise ValueError(f"two functions do {name!r}")
        HANDLERS[name] = function
        return function

    return register
