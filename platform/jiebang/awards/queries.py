"""Questions asked of the awards."""

from django.db.models import QuerySet

from jiebang.awards.models import Award


def published() -> QuerySet[Award]:
    """Return the awards, which are public, newest first."""
    return Award.objects.select_related("challenge__need__owner", "proposal__lead").order_by("-pk")
