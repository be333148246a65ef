"""Questions asked of the achievements."""

from django.db.models import Q, QuerySet

from jiebang.accounts.models import User
from jiebang.achievements.models import Achievement
from jiebang.organizations import queries as units


def on_offer() -> QuerySet[Achievement]:
    """Return what everybody may see, newest first."""
    offered = Achievement.objects.filter(on_offer=True)
    return offered.select_related("owner", "tech_field").order_by("-pk")


def visible_to(user: User | None) -> QuerySet[Achievement]:
    """Return what is on offer, and what one's own units keep back."""
    if user is None or not user.is_authenticated:
        return on_offer()
    which = Q(on_offer=True) | Q(owner__in=units.roles_of(user))
    return Achievement.objects.filter(which).select_related("owner", "tech_field").order_by("-pk")


def search(achievements: QuerySet[Achievement], text: str) -> QuerySet[Achievement]:
    """Keep those that contain every word of the text."""
    for word in text.split():
        achievements = achievements.filter(
            Q(title__icontains=word) | Q(keywords__icontains=word) | Q(summary__icontains=word)
        )
    return achievements
