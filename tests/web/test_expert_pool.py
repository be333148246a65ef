"""The pool's pages: who comes in, what is kept, what refuses, and what it costs."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.experts.models import Expert, RelatedUnits, Tie
from tests import factories as make

pytestmark = pytest.mark.django_db

KEPT = {
    "title": "研究员", "unit_name": "江海材料研究所", "tech_fields": ["F01"],
    "keywords": "固态电池", "profile": "", "availability": "available", "away_until": "",
    "revision": "0", "ties-TOTAL_FORMS": "2", "ties-INITIAL_FORMS": "0",
    "ties-0-kind": "coauthor", "ties-0-unit_name": "", "ties-0-person": "陈一",
    "ties-0-year": "2025", "ties-0-note": "", "ties-1-kind": "past_unit",
    "ties-1-unit_name": "", "ties-1-person": "", "ties-1-year": "", "ties-1-note": "",
}  # fmt: skip


def counts():
    return [kind.objects.count() for kind in (Expert, Tie, RelatedUnits, Entry)]


@pytest.fixture
def field():
    return make.make_field()


@pytest.mark.parametrize(
    ("page", "roles"),
    [
        ("officer-experts", {"officer", "approver", "auditor"}),
        ("officer-related", {"officer", "approver", "auditor"}),
        ("officer-expert-new", {"officer"}),
        ("expert-profile", {"expert"}),
    ],
)
def test_each_page_opens_to_its_roles_alone(client, page, roles):
    answers = {}
    for role in PlatformRole:
        client.force_login(make.make_user(role, scope="T01" if role == "endorser" else ""))
        answers[role.value] = client.get(reverse(f"web:{page}")).status_code

    assert answers == {role.value: 200 if role in roles else 403 for role in PlatformRole}


def test_an_expert_makes_and_changes_the_own_profile(client, field):
    user = make.make_expert()
    client.force_login(user)
    own = reverse("web:expert-profile")

    assert client.post(own, KEPT).status_code == 302
    expert = Expert.objects.get(user=user)
    assert [(tie.person, tie.year) for tie in expert.ties.all()] == [("陈一", 2025)]

    changed = {**KEPT, "title": "教授", "ties-0-person": "", "ties-0-year": ""}
    assert client.post(own, changed).status_code == 302
    expert.refresh_from_db()
    assert (expert.title, expert.ties.count(), expert.revision) == ("教授", 0, 1)


@pytest.mark.parametrize(
    ("changes", "sentence", "status"),
    [
        ({"unit_name": ""}, "请填写所在单位", 422),
        ({"tech_fields": []}, "请选择技术领域", 422),
        ({"ties-0-person": ""}, "请填写单位或姓名", 422),
        ({"revision": "7"}, "专家信息刚刚被他人修改", 409),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(client, field, changes, sentence, status):
    expert = make.make_pooled(fields=[field])
    client.force_login(expert.user)
    before = counts()

    answer = client.post(reverse("web:expert-profile"), {**KEPT, **changes})

    assert (answer.status_code, counts()) == (status, before)
    assert sentence in answer.content.decode()


def test_an_officer_enrols_who_has_the_role_and_an_auditor_changes_nothing(client, field):
    user = make.make_expert()
    client.force_login(make.make_officer())
    page = reverse("web:officer-expert-new")
    assert client.post(page, {**KEPT, "user": make.make_user().pk}).status_code == 422

    assert client.post(page, {**KEPT, "user": user.pk}).status_code == 302

    own = reverse("web:officer-expert", args=[Expert.objects.get(user=user).pk])
    client.force_login(make.make_user(PlatformRole.AUDITOR))
    before = counts()
    assert client.post(own, KEPT).status_code == 403
    assert (client.get(own).status_code, counts()) == (200, before)


def test_related_units_are_noted_by_an_officer_alone(client):
    one, other = make.make_unit(), make.make_unit()
    page, body = reverse("web:officer-related"), {"one": one.pk, "other": other.pk, "basis": "控股"}
    client.force_login(make.make_approver())
    before = counts()
    assert (client.post(page, body).status_code, counts()) == (403, before)

    client.force_login(make.make_officer())
    assert client.post(page, body).status_code == 302
    before = counts()
    assert (client.post(page, body).status_code, counts()) == (409, before)
    assert "控股" in client.get(page).content.decode()


def test_the_pool_is_filtered_by_words_field_and_availability(client, field):
    makers = make.make_field("F02", "智能制造")
    first = make.make_pooled(fields=[field], keywords="固态电池")
    second = make.make_pooled(fields=[makers], keywords="减速器", availability="left")
    client.force_login(make.make_officer())

    def listed(**asked):
        page = client.get(reverse("web:officer-experts"), asked).context["page_obj"]
        return [expert.pk for expert in page]

    assert listed() == [first.pk, second.pk]
    assert listed(q="减速") == listed(field="F02") == listed(state="left") == [second.pk]
    assert listed(q=str(first)) == listed(field="F01") == listed(state="available") == [first.pk]


def test_the_pool_is_sorted_and_saved_as_a_file_which_is_recorded(client, field):
    rows = [make.make_pooled(unit_name=name) for name in ("乙所", "甲院")]
    client.force_login(make.make_officer())
    page = reverse("web:officer-experts")

    names = [row.unit_name for row in client.get(page, {"sort": "unit_name"}).context["page_obj"]]
    book = load_workbook(BytesIO(client.get(page, {"format": "xlsx"}).content))

    assert names == sorted(row.unit_name for row in rows)
    saved = [row[0] for row in book.active.iter_rows(min_row=2, values_only=True)]
    assert saved == [row.number for row in rows]
    assert Entry.objects.filter(action="export").count() == 1


def pooled(count, field):
    """So many experts of one unit, each with a field and a tie."""
    unit, user = make.make_unit(), type(make.make_user())
    people = user.objects.bulk_create(
        user(username=f"{unit.pk}-{n}", display_name=f"专家{n}") for n in range(count)
    )
    made = Expert.objects.bulk_create(
        Expert(user=person, unit=unit, unit_name=unit.name) for person in people
    )
    Expert.fields.through.objects.bulk_create(
        Expert.fields.through(expert=expert, techfield=field) for expert in made
    )
    Tie.objects.bulk_create(
        Tie(expert=expert, kind="past_unit", unit=unit, unit_name="某单位") for expert in made
    )


def test_a_pool_of_three_hundred_takes_the_queries_of_one_of_three(client, field):
    client.force_login(make.make_officer())
    page, asked = reverse("web:officer-experts"), []
    for more in (3, 297):
        pooled(more, field)
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            count = client.get(page).context["page_obj"].paginator.count
        asked.append((count, len(queries)))

    assert asked == [(3, asked[0][1]), (300, asked[0][1])]
