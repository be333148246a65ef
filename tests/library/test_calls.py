"""Opening a call: what the database would refuse is refused in words, and nothing is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jiebang.common.errors import Invalid
from jiebang.library import services
from jiebang.library.models import Call
from jiebang.library.states import RuleCode, WindowKind
from tests.factories import make_officer

pytestmark = pytest.mark.django_db


def open_call(**changes):
    now = timezone.now()
    content = {
        "name": "第一批",
        "windows": {WindowKind.COLLECTION: (now, now + timedelta(days=30))},
        "rules": {RuleCode.MIN_BUDGET: Decimal(500)},
        "criteria": [{"name": "技术创新性", "weight": Decimal(50)}],
    }
    return services.create_call(actor=make_officer(), **{**content, **changes})


def test_a_call_keeps_its_windows_rules_and_criteria():
    call = open_call()

    assert (call.windows.count(), call.rules.get().value) == (1, Decimal(500))
    assert [str(criterion) for criterion in call.criteria.all()] == ["技术创新性"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rules": {RuleCode.MAX_GRANT: Decimal(-1)}}, "rule-max_grant"),
        ({"criteria": [{"name": "市场前景", "weight": Decimal(0)}]}, "criteria-0-weight"),
        ({"criteria": [{"name": "市场前景", "weight": Decimal(50)}] * 2}, "criteria-1-name"),
        ({"criteria": []}, "criteria"),
    ],
)
def test_a_faulty_call_says_where_and_is_not_kept(change, field):
    with pytest.raises(Invalid) as caught:
        open_call(**change)

    assert list(caught.value.fields) == [field]
    assert not Call.objects.exists()
