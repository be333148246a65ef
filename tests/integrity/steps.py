"""Something held against somebody."""

from datetime import timedelta

from django.utils import timezone

from jiebang.integrity.models import IntegrityRecord
from jiebang.integrity.states import Sanction
from jiebang.organizations.models import Organization
from tests.factories import make_officer


def make_record(subject, sanction=Sanction.NOTHING, **fields):
    """Something held against a unit or a person since yesterday."""
    column = "unit" if isinstance(subject, Organization) else "person"
    said = {"conduct": "提供虚假材料", "source": "bureau", "entered_by": make_officer(), **fields}
    since = said.pop("holds_from", timezone.localdate() - timedelta(days=1))
    return IntegrityRecord.objects.create(
        **{column: subject}, sanction=sanction, holds_from=since, **said
    )
