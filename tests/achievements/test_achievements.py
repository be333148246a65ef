"""Results on offer: who writes them, what is refused, what the public finds."""

import pytest

from jiebang.achievements import queries, services
from jiebang.achievements.models import Achievement
from jiebang.audit.models import Entry
from jiebang.common.errors import Conflict, Invalid, NotAllowed, Stale
from tests.factories import make_achievement, make_unit, make_university, make_user

pytestmark = pytest.mark.django_db
GOOD = {"title": "低温固化光敏聚酰亚胺", "summary": "230℃固化，已完成公斤级试制。", "trl": 6}


def test_a_member_offers_a_result_in_the_units_name():
    unit = make_university()
    made = services.create(owner=unit, actor=make_user(unit=unit, member_role="editor"), data=GOOD)
    assert (made.owner, made.unit_name, list(queries.on_offer())) == (unit, unit.name, [made])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"summary": ""}, "summary"),
        ({"summary": "长" * 4001}, "summary"),
        ({"form": "song"}, "form"),
        ({"trl": 10}, "trl"),
    ],
)
def test_a_faulty_result_says_where_and_is_not_kept(change, field):
    unit = make_university()
    with pytest.raises(Invalid) as caught:
        services.create(owner=unit, actor=make_user(unit=unit), data={**GOOD, **change})
    assert list(caught.value.fields) == [field]
    assert (Achievement.objects.count(), Entry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("state", "role"), [("verified", "viewer"), ("pending", "administrator"), ("verified", None)]
)
def test_who_may_not_write_for_a_unit_writes_nothing(state, role):
    unit = make_unit(state=state)
    actor = make_user(unit=unit, member_role=role) if role else make_user()
    known = make_achievement(owner=unit)
    with pytest.raises(NotAllowed):
        services.create(owner=unit, actor=actor, data=GOOD)
    with pytest.raises(NotAllowed):
        services.edit(achievement=known, actor=actor, data={"title": "改"})
    assert [a.title for a in Achievement.objects.all()] == [known.title]


def test_a_column_that_is_not_the_owners_cannot_be_written():
    known = make_achievement()
    with pytest.raises(Invalid) as caught:
        services.edit(
            achievement=known, actor=make_user(unit=known.owner), data={"source_key": "x"}
        )
    assert (caught.value.code, Achievement.objects.get().source_key) == ("unknown_fields", "")


def test_who_saves_over_a_newer_text_is_told():
    known = make_achievement()
    actor = make_user(unit=known.owner)
    services.edit(achievement=known, actor=actor, data={"trl": 7}, revision=0)
    with pytest.raises(Stale):
        services.edit(achievement=known, actor=actor, data={"trl": 8}, revision=0)
    assert Achievement.objects.get().trl == 7


def test_a_result_taken_off_offer_is_seen_by_its_unit_only():
    kept = make_achievement(on_offer=False)
    assert list(queries.visible_to(None)) == []
    assert list(queries.visible_to(make_user(unit=make_unit()))) == []
    assert list(queries.visible_to(make_user(unit=kept.owner, member_role="viewer"))) == [kept]


def test_a_gathered_result_is_taken_in_once_and_needs_a_source():
    data = {**GOOD, "source_key": "achievements:A1", "source_unit": "外地某研究所"}
    made = services.gather(actor=None, data=data)
    entries = Entry.objects.count()
    with pytest.raises(Conflict):
        services.gather(actor=None, data=data)
    assert (Achievement.objects.count(), Entry.objects.count()) == (1, entries)
    assert made.unit_name == "外地某研究所"
    with pytest.raises(NotAllowed) as caught:
        services.edit(achievement=made, actor=make_user(), data={"trl": 1})
    assert caught.value.code == "no_owner"


@pytest.mark.parametrize(
    ("text", "found"), [("固态", 1), ("固态 成膜", 1), ("固态 光刻", 0), ("", 1)]
)
def test_results_are_found_by_every_word(text, found):
    make_achievement()
    assert queries.search(queries.on_offer(), text).count() == found
