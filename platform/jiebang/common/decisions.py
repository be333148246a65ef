"""Yes, or no with the reason: what every policy answers."""

from dataclasses import dataclass

from jiebang.common.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Decision:
    """A policy's answer. True when allowed; a refusal says why, in Chinese, and has a code."""

    reason: str = ""
    code: str = NotAllowed.code

    def __bool__(self) -> bool:
        """Let `if may(...)` read as it sounds."""
        return not self.reason

    def enforce(self) -> None:
        """Raise NotAllowed with the reason, if this is a refusal."""
        if self.reason:
            raise NotAllowed(self.reason, code=self.code)


ALLOWED = Decision()
