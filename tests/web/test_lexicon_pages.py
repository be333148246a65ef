"""The dictionary desk: who comes in, what each act changes, and refusals that change nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiebang.lexicons import files, queries, services
from jiebang.lexicons.models import Choice, Entry, Version
from jiebang.lexicons.states import Kind
from jiebang.library.states import State as NeedState
from jiebang.recommendations import engine, tasks
from jiebang.recommendations import services as matches
from jiebang.recommendations.following import follow
from jiebang.taxonomy.models import IndustryChain
from tests.factories import (
    make_achievement,
    make_approver,
    make_expert,
    make_need,
    make_officer,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db
DESK = "/officer/lexicon/"


@pytest.fixture(autouse=True)
def indexes(settings, tmp_path):
    settings.MATCH_INDEX_DIR = tmp_path / "index"
    yield
    engine._opened.clear()


@pytest.fixture
def officer(client):
    officer = make_officer()
    client.force_login(officer)
    return officer


@pytest.fixture
def word(officer):
    return services.add(actor=officer, kind=Kind.TERM, word="隐形切割", why="通用说法")


def state():
    return [list(m.objects.order_by("pk").values()) for m in (Entry, Version, Choice)]


TYPED = {"kind": "synonym", "word": "金刚砂", "canonical": "碳化硅", "why": "旧称"}
ACTS = [
    ("web:lexicon-add", [], TYPED),
    ("web:lexicon-remove", [1], {}),
    ("web:lexicon-publish", [], {"why": "首版"}),
    ("web:lexicon-back", [0], {"why": "退回"}),
    ("web:lexicon-import", [], {}),
]


@pytest.mark.parametrize("make", [make_approver, make_expert, make_user])
@pytest.mark.parametrize(("name", "args", "typed"), ACTS)
def test_nobody_but_an_officer_changes_it(client, word, make, name, args, typed):
    before = state()
    client.force_login(make())

    answer = client.post(reverse(name, args=args), typed)

    assert (answer.status_code, state()) == (403, before)


@pytest.mark.parametrize(
    ("make", "status"), [(make_officer, 200), (make_approver, 200), (make_expert, 403)]
)
def test_the_bureau_reads_it(client, word, make, status):
    client.force_login(make())
    assert client.get(DESK).status_code == status


def test_words_are_added_by_chain_and_listed(client, officer):
    chain = IndustryChain.objects.create(code="C09", name="半导体")

    client.post(f"{DESK}add/", {**TYPED, "chain": chain.pk})

    text = client.get(DESK, {"chain": "C09", "kind": "synonym"}).text
    assert ("金刚砂 → 碳化硅" in text, "旧称" in text) == (True, True)
    assert "没有词条" in client.get(DESK, {"kind": "stop"}).text


def test_what_is_refused_is_said_at_its_field_and_stays_typed(client, word):
    before = state()

    answer = client.post(f"{DESK}add/", {**TYPED, "canonical": ""})

    assert (answer.status_code, state()) == (422, before)
    assert "同义词须写明标准词" in answer.text
    assert 'value="金刚砂"' in answer.text


def test_a_sentence_and_a_needs_results_are_tried(client, officer):
    unit = make_university()
    make_achievement(unit, title="神经形态处理器", keywords="", summary="神经形态处理器。")
    need = make_need(NeedState.IN_LIBRARY, owner=make_unit(), title="类脑芯片", keywords="")
    matches.refresh_all()
    services.add(
        actor=officer, kind=Kind.SYNONYM, word="神经形态处理器", canonical="类脑芯片", why="同物"
    )

    page = client.get(DESK, {"sentence": "神经形态处理器研制", "need": need.number})

    assert page.context["cut"].after[0] == "类脑芯片"
    assert [(row.before, row.after) for row in page.context["moved"]] == [(None, 1)]
    assert "新列入" in page.text
    assert "没有这个编号的需求" in client.get(DESK, {"need": "XQ-2026-99999"}).text


def test_publishing_and_going_back_are_shown_until_they_count(client, word):
    client.post(f"{DESK}publish/", {"why": "首版"})
    assert queries.chosen().version.number == 1
    assert "首版" in client.get(DESK).text
    assert "正在后台启用，完成前仍按原来的词典匹配" in client.get(DESK).text
    begun = tasks.reword(choice_id=queries.chosen().pk, progress=matches.silent)["round"]
    page = client.get(DESK)
    assert (page.context["round"].pk, page.context["round"].done) == (begun, 0)
    assert "个分片，匹配 0 次" in page.text
    follow(begun, matches.silent)
    assert queries.in_effect() == queries.chosen()
    assert "正在后台启用" not in client.get(DESK).text

    again = client.post(f"{DESK}publish/", {"why": "再发"})
    assert (again.status_code, Version.objects.count()) == (422, 1)

    client.post(f"{DESK}back/0/", {"why": "误切"})
    assert (queries.digest_chosen(), queries.entries_of(None).count()) == ("", 0)


def test_a_table_goes_out_and_comes_in(client, word):
    table = client.get(f"{DESK}export/").content
    assert files.read(table)[0]["word"] == "隐形切割"
    more = table + "停用词\t一种新型\t\t\t套话\n".encode()

    client.post(f"{DESK}import/", {"file": SimpleUploadedFile("词表.tsv", more)})
    assert queries.counts(None) == {"term": 1, "synonym": 0, "stop": 1, "out": 0}

    before = state()
    bad = client.post(f"{DESK}import/", {"file": SimpleUploadedFile("词表.tsv", b"x\ty")})
    assert (bad.status_code, state()) == (422, before)


def test_the_page_asks_as_often_for_many_words_as_for_few(client, word, officer):
    client.get(DESK)
    before = len(_asked(client))
    for number in range(12):
        services.add(actor=officer, kind=Kind.TERM, word=f"新词{number}号", why="通用说法")
    assert len(_asked(client)) == before


def _asked(client):
    with CaptureQueriesContext(connection) as asked:
        client.get(DESK)
        return list(asked.captured_queries)
