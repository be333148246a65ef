"""The refusals that services raise. What HTTP makes of them is for api and web to say."""

from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """A rule said no and nothing was changed; the message is for the person who asked.

    `code` is for machines and stays stable; `fields` holds a sentence for each field at fault.
    """

    code = "domain_error"

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        fields: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.fields = {name: list(sentences) for name, sentences in (fields or {}).items()}


class NotAllowed(DomainError):
    """This person may not do this here."""

    code = "not_allowed"


class NotFound(DomainError):
    """There is no such thing, or this person may not know that there is."""

    code = "not_found"


class WrongState(DomainError):
    """The thing is not at a point of its life where this can be done."""

    code = "wrong_state"


class Stale(DomainError):
    """Someone else was faster; look again before deciding."""

    code = "stale"


class Conflict(DomainError):
    """There is one already, and there may be only one."""

    code = "conflict"


class Invalid(DomainError):
    """What was typed cannot be taken; `fields` says where and what to do."""

    code = "invalid"


class RuleBroken(DomainError):
    """What was asked is well formed, but a rule of the call or the law forbids it."""

    code = "rule_broken"
