"""The dictionary through the interface: the same rules as on the page."""

import pytest

from jiebang.lexicons import queries, services
from jiebang.lexicons.models import Choice, Entry, Version
from jiebang.lexicons.states import Kind
from tests.factories import make_approver, make_expert, make_officer, make_user

pytestmark = pytest.mark.django_db
WORDS = "/api/v1/lexicon/"
TERM = {"kind": "term", "word": "隐形切割", "why": "通用说法"}


def state():
    return [list(m.objects.order_by("pk").values()) for m in (Entry, Version, Choice)]


def send(client, method, path="", body=None):
    return getattr(client, method)(f"{WORDS}{path}", body, content_type="application/json")


@pytest.fixture
def officer(client):
    officer = make_officer()
    client.force_login(officer)
    return officer


def test_a_word_goes_in_and_out_and_a_version_is_made_and_left(client, officer):
    made = send(client, "post", body=TERM)
    assert (made.status_code, made.json()["word"]) == (201, "隐形切割")

    published = send(client, "post", "versions/", {"why": "首版"})
    assert (published.status_code, published.json()["number"]) == (201, 1)
    assert client.get(f"{WORDS}versions/").json()["results"][0]["words"] == 1

    assert client.delete(f"{WORDS}{made.json()['id']}/").status_code == 204
    assert client.get(WORDS).json()["results"] == []
    assert [row["word"] for row in client.get(WORDS, {"version": 1}).json()["results"]] == [
        "隐形切割"
    ]
    back = send(client, "post", "back/", {"number": 0, "why": "误切"})
    assert (back.status_code, back.json()["number"], queries.digest_chosen()) == (201, 0, "")


def test_a_sentence_is_tried(client, officer):
    send(client, "post", body={**TERM, "word": "存算一体架构"})

    tried = client.get(f"{WORDS}trial/", {"sentence": "存算一体架构"}).json()

    assert tried["cut"]["after"] == ["存算一体架构"]
    assert tried["cut"]["before"] != tried["cut"]["after"]


def test_a_table_goes_out_and_comes_in(client, officer):
    send(client, "post", body=TERM)
    table = client.get(f"{WORDS}table/").content.decode()

    taken = send(client, "put", "table/", {"table": table + "停用词\t一种新型\t\t\t套话\n"})

    assert (taken.status_code, taken.json()) == (200, {"words": 2})


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("post", "", {**TERM, "word": "词"}, 422),
        ("post", "", {**TERM, "chain": "X9"}, 422),
        ("post", "", TERM, 409),
        ("put", "table/", {"table": "x"}, 422),
        ("post", "back/", {"number": 9, "why": "退回"}, 404),
    ],
)
def test_what_is_refused_changes_nothing(client, officer, method, path, body, status):
    services.add(actor=officer, kind=Kind.TERM, word="隐形切割", why="通用说法")
    before = state()

    answer = send(client, method, path, body)

    assert (answer.status_code, state()) == (status, before)


@pytest.mark.parametrize(
    ("make", "reads"), [(make_approver, 200), (make_expert, 403), (make_user, 403)]
)
def test_others_read_at_most(client, officer, make, reads):
    entry = services.add(actor=officer, kind=Kind.TERM, word="隐形切割", why="通用说法")
    before = state()
    client.force_login(make())

    for path in ("", "table/", "trial/", "versions/"):
        assert client.get(f"{WORDS}{path}").status_code == reads
    answers = [
        send(client, "post", body={**TERM, "word": "刀轮"}),
        client.delete(f"{WORDS}{entry.pk}/"),
        send(client, "put", "table/", {"table": "类别\t词语\t标准词\t产业链代码\t理由\n"}),
        send(client, "post", "versions/", {"why": "首版"}),
        send(client, "post", "back/", {"number": 0, "why": "退回"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert state() == before
