"""The draft, its versions, going back: who may, and that what is refused changes nothing."""

import pytest

from jiebang.audit.models import Entry as Recorded
from jiebang.common.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from jiebang.jobs.models import Job
from jiebang.lexicons import files, queries, services
from jiebang.lexicons.models import Choice, Entry, Version
from jiebang.lexicons.states import Kind
from jiebang.taxonomy.models import IndustryChain
from tests.factories import (
    make_approver,
    make_endorser,
    make_expert,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make_officer()


def state():
    """All that a refusal must leave alone."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Entry, Version, Choice, Recorded, Job)
    ]


def add(officer, word="隐形切割", kind=Kind.TERM, **more):
    return services.add(actor=officer, kind=kind, word=word, **{"why": "行业通用说法", **more})


@pytest.mark.parametrize("make", [make_approver, make_expert, make_endorser, make_user])
def test_only_an_officer_changes_the_dictionary(officer, make):
    entry = add(officer)
    services.publish(actor=officer, why="首版")
    other = make()
    before = state()
    for act in (
        lambda: add(other, "另一个词"),
        lambda: services.remove(actor=other, entry=entry),
        lambda: services.replace(actor=other, rows=[]),
        lambda: services.publish(actor=other, why="再发"),
        lambda: services.go_back(actor=other, number=0, why="退回"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert state() == before


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"word": "词"}, "word"),
        ({"word": "长" * 41}, "word"),
        ({"kind": "verb"}, "kind"),
        ({"why": " "}, "why"),
        ({"why": "长" * 121}, "why"),
        ({"kind": Kind.SYNONYM}, "canonical"),
        ({"kind": Kind.SYNONYM, "canonical": "隱形切割"}, "canonical"),
        ({"canonical": "激光切割"}, "canonical"),
    ],
)
def test_what_cannot_be_an_entry_is_refused_at_its_field(officer, typed, field):
    before = state()

    with pytest.raises(Invalid) as refusal:
        add(officer, **typed)

    assert (list(refusal.value.fields), state()) == ([field], before)


def test_a_word_stands_once_in_the_draft_however_it_is_written(officer):
    add(officer, "GaN器件")
    before = state()

    with pytest.raises(Conflict):
        add(officer, "ｇａｎ器件", Kind.STOP)

    assert state() == before


def test_a_synonym_stands_for_no_other_synonym(officer):
    add(officer, "金刚砂", Kind.SYNONYM, canonical="碳化硅")
    before = state()

    with pytest.raises(Invalid) as refusal:
        add(officer, "黑硅", Kind.SYNONYM, canonical="金刚砂")

    assert (refusal.value.code, state()) == ("synonym_chain", before)


def test_publishing_makes_a_version_that_later_changes_leave_alone(officer):
    chain = IndustryChain.objects.create(code="C09", name="半导体")
    entry = add(officer, chain=chain)

    choice = services.publish(actor=officer, why="首版")
    services.remove(actor=officer, entry=entry)
    add(officer, "刀轮")

    version = choice.version
    assert [(each.word, each.chain) for each in queries.entries_of(version)] == [
        ("隐形切割", chain)
    ]
    difference = queries.draft_differs_from(version)
    assert [[str(each) for each in part] for part in (difference.added, difference.removed)] == [
        ["刀轮"],
        ["隐形切割"],
    ]
    assert (version.number, choice.effective_at, queries.in_effect()) == (1, None, None)
    assert Job.objects.get().key == f"recommendations.reword:{choice.pk}"


def test_a_draft_without_a_change_is_not_published_again(officer):
    add(officer)
    services.publish(actor=officer, why="首版")
    before = state()

    with pytest.raises(RuleBroken) as refusal:
        services.publish(actor=officer, why="再发")

    assert (refusal.value.code, state()) == ("lexicon_unchanged", before)


def test_going_back_takes_the_draft_along(officer):
    add(officer)
    services.publish(actor=officer, why="首版")
    add(officer, "刀轮")
    services.publish(actor=officer, why="第二版")

    choice = services.go_back(actor=officer, number=1, why="误切")

    assert [each.word for each in queries.entries_of(None)] == ["隐形切割"]
    assert (choice.version.number, choice.back, queries.chosen()) == (1, True, choice)
    services.go_back(actor=officer, number=0, why="先用内置")
    assert (queries.digest_chosen(), queries.entries_of(None).count()) == ("", 0)
    assert Version.objects.count() == 2


@pytest.mark.parametrize(
    ("number", "why", "refusal"),
    [(7, "退回", NotFound), (1, "退回", RuleBroken), (0, "", Invalid)],
)
def test_going_back_is_refused_where_there_is_nothing_to_go_to(officer, number, why, refusal):
    add(officer)
    services.publish(actor=officer, why="首版")
    before = state()

    with pytest.raises(refusal):
        services.go_back(actor=officer, number=number, why=why)

    assert state() == before


def test_only_the_newest_choice_takes_effect(officer):
    add(officer)
    first = services.publish(actor=officer, why="首版")
    add(officer, "刀轮")
    second = services.publish(actor=officer, why="第二版")

    services.took_effect(choice_id=first.pk)
    assert queries.in_effect() is None
    services.took_effect(choice_id=second.pk)
    assert queries.in_effect() == second


def test_a_table_that_is_written_out_comes_in_again_as_it_was(officer):
    chain = IndustryChain.objects.create(code="C09", name="半导体")
    add(officer, chain=chain)
    add(officer, "金刚砂", Kind.SYNONYM, canonical="碳化硅", why='带"引号"的理由')
    table = files.written(queries.entries_of(None))
    rows = queries.rows_of(None)

    count = services.replace(actor=officer, rows=files.read(table.encode()))

    assert (count, queries.rows_of(None)) == (2, rows)
    assert queries.entries_of(None).get(word="隐形切割").chain == chain


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"", "第 1 行"),
        ("类别\t词语\t标准词\t产业链代码\t理由\n领域词\t隐形切割".encode(), "第 2 行"),
        ("类别\t词语\t标准词\t产业链代码\t理由\n动词\t隐形切割\t\t\t常用".encode(), "第 2 行"),
        ("类别\t词语\t标准词\t产业链代码\t理由\n领域词\t切割\t\tX9\t常用".encode(), "X9"),
        (
            "类别\t词语\t标准词\t产业链代码\t理由\n领域词\t切割\t\t\t常用\n停用词\t切割\t\t\t重".encode(),
            "第 3 行",
        ),
    ],
)
def test_a_table_with_a_fault_leaves_the_draft_as_it_was(officer, content, sentence):
    add(officer)
    before = state()

    with pytest.raises(Invalid) as refusal:
        services.replace(actor=officer, rows=files.read(content))

    assert sentence in "".join(refusal.value.fields["file"])
    assert state() == before
