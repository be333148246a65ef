"""A unit's results: in whose name, what a colleague saved meanwhile, nothing typed is lost."""

import pytest
from django.urls import reverse

from jiebang.achievements.models import Achievement
from jiebang.organizations.models import Membership
from jiebang.organizations.states import MemberRole
from tests.factories import make_achievement, make_university, make_user

pytestmark = pytest.mark.django_db
NEW = reverse("web:achievement-new")


def typed(**fields):
    said = {"title": "低温固化聚酰亚胺", "summary": "已完成公斤级试制。", "form": "process"}
    return {**said, "on_offer": "on", **fields}


@pytest.fixture
def unit():
    return make_university()


@pytest.fixture
def person(client, unit):
    user = make_user(unit=unit)
    client.force_login(user)
    return user


@pytest.fixture
def form_kind():
    return Achievement.Form.values[0]


def edit(thing):
    return reverse("web:achievement-edit", args=[thing.pk])


def test_a_result_is_registered_in_the_unit_s_name(client, person, unit, form_kind):
    answer = client.post(NEW, typed(form=form_kind))

    made = Achievement.objects.get()
    assert (answer.url, made.owner, made.author) == (
        reverse("web:achievement", args=[made.pk]),
        unit,
        person,
    )


def test_who_writes_for_several_units_says_for_which(client, person, unit, form_kind):
    other = make_university()
    Membership.objects.create(organization=other, user=person, role=MemberRole.EDITOR)
    assert 'name="owner"' in client.get(NEW).content.decode()
    assert client.post(NEW, typed(form=form_kind)).status_code == 422
    assert not Achievement.objects.exists()

    client.post(NEW, typed(form=form_kind, owner=other.pk))
    assert Achievement.objects.get().owner == other


def test_a_unit_that_one_only_looks_at_cannot_be_chosen(client, person, form_kind):
    viewed, written = make_university(), make_university()
    Membership.objects.create(organization=viewed, user=person, role=MemberRole.VIEWER)
    Membership.objects.create(organization=written, user=person, role=MemberRole.EDITOR)

    assert client.post(NEW, typed(form=form_kind, owner=viewed.pk)).status_code == 422
    assert not Achievement.objects.exists()


def test_who_writes_for_one_unit_is_not_asked(client, person):
    assert 'name="owner"' not in client.get(NEW).content.decode()


def test_a_colleague_s_newer_text_stands_beside_one_s_own_and_one_may_then_save(
    client, person, unit
):
    thing = make_achievement(unit)
    Achievement.objects.filter(pk=thing.pk).update(title="同事改的名称", revision=3)
    mine = typed(title="我改的名称", form=thing.form, revision=0, summary=thing.summary)
    answer = client.post(edit(thing), mine)

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "<del>同事</del><ins>我</ins>改的名称" in text
    assert 'value="我改的名称"' in text
    assert 'name="revision" id="id_revision" value="3"' in text
    thing.refresh_from_db()
    assert thing.title == "同事改的名称"

    assert client.post(edit(thing), {**mine, "revision": 3}).status_code == 302
    thing.refresh_from_db()
    assert (thing.title, thing.revision) == ("我改的名称", 4)


def test_a_choice_that_differs_is_told_by_its_name(client, person, unit):
    thing = make_achievement(unit)
    Achievement.objects.filter(pk=thing.pk).update(on_offer=False, revision=1)
    mine = typed(title=thing.title, form=thing.form, summary=thing.summary, revision=0)
    changes = client.post(edit(thing), mine).context["changes"]

    assert ("公开（参与匹配）", "否", "是") in [(c.label, c.before, c.after) for c in changes]


@pytest.mark.parametrize("role", [MemberRole.VIEWER, None])
def test_who_may_not_write_is_refused_and_nothing_changes(client, unit, role):
    thing = make_achievement(unit)
    client.force_login(make_user(unit=unit, member_role=role) if role else make_user())
    answers = [client.post(edit(thing), typed(form=thing.form)), client.post(NEW, typed())]

    assert [answer.status_code for answer in answers] == [403, 403]
    thing.refresh_from_db()
    assert (thing.revision, Achievement.objects.count()) == (0, 1)


def test_one_s_list_shows_what_is_kept_back_too(client, person, unit):
    make_achievement(unit, title="公开的"), make_achievement(unit, title="留着的", on_offer=False)
    make_achievement(title="别家的")
    rows = client.get(reverse("web:my-achievements")).context["page_obj"]

    assert [row.title for row in rows] == ["留着的", "公开的"]
