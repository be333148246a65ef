"""What became of a solution in the review, as its page shows it to whom it concerns."""

from typing import Any

from jiebang.accounts.models import User
from jiebang.awards import policies, queries
from jiebang.awards.models import Opinion
from jiebang.library.policies import BUREAU
from jiebang.organizations import queries as units
from jiebang.proposals.models import Proposal


def reviewed(user: User, bid: Proposal) -> dict[str, Any]:
    """Return feedback for the bidder, the poster's own appraisal, the bureau's inquiries."""
    owns = units.role_in(user, bid.lead_id) is not None
    bureau = user.has_role(*BUREAU)
    may_say = bool(policies.may_give_opinion(user, bid)) and not bid.challenge.is_sealed
    owner = bid.challenge.need.owner_id
    poster = owner is not None and units.role_in(user, owner) is not None
    opinion = Opinion.objects.filter(proposal=bid).first() if bureau or poster else None
    return {
        "feedback": queries.feedback_on(bid) if owns else [],
        "opinion": opinion,
        "may_say": may_say,
        "inquiries": queries.inquiries_of(bid) if bureau else [],
        "may_inquire": bool(policies.may_inquire(user, bid)),
        "reviewed_bid": bid,
    }
