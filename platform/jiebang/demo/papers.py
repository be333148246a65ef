"""The papers that the demo city's units hand in."""

from jiebang.acceptance.models import Acceptance
from jiebang.accounts.models import User


def hand_in(acceptance: Acceptance, actor: User) -> None:
    """Put the required papers into their places."""
