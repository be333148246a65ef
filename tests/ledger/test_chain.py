"""The chain: written with the fact, checked whole or by number, and names what was touched."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from jiebang.accounts.models import PlatformRole
from jiebang.audit.chained import CHAINED, UNCHAINED
from jiebang.audit.models import Entry
from jiebang.challenges import services as challenges
from jiebang.challenges.states import State
from jiebang.common.errors import DomainError
from jiebang.ledger import canonical, queries
from jiebang.ledger.models import Head, Record
from jiebang.ledger.services import inscribe
from jiebang.library import screening
from jiebang.library.models import Appraisal
from tests.factories import make_challenge, make_expert, make_need, make_officer, make_user

pytestmark = pytest.mark.django_db


def faults():
    return [(fault.number, fault.sentence) for fault in queries.check_all()]


def by_hand(sql, *values):
    """Write into the database behind the platform's back."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount == 1


@pytest.fixture
def chain():
    """Three records: two challenges withdrawn, whose needs go back into the library."""
    officer = make_officer()
    things = [make_challenge(), make_challenge()]
    for thing in things:
        challenges.move(challenge=thing, action="withdraw", actor=officer, note="另行组织")
    return list(Record.objects.order_by("number"))


def test_what_is_audited_and_listed_is_chained_in_its_order(chain):
    assert [record.about_type for record in chain] == [
        "challenges.challenge",
        "library.techneed",
    ] * 2
    assert [record.number for record in chain] == [1, 2, 3, 4]
    assert [record.previous for record in chain] == [
        canonical.GENESIS,
        *(record.digest for record in chain[:-1]),
    ]
    assert (queries.head().number, queries.head().digest) == (4, chain[-1].digest)
    assert faults() == []


def test_a_refusal_leaves_the_chain_as_it_was(chain):
    with pytest.raises(DomainError):
        challenges.move(
            challenge=make_challenge(State.COMPLETED),
            action="withdraw",
            actor=make_officer(),
            note="另行组织",
        )

    assert list(Record.objects.order_by("number")) == chain
    assert queries.head().number == 4


def test_a_fact_outside_a_transaction_is_not_inscribed(db, monkeypatch):
    thing = make_challenge()
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)

    with pytest.raises(RuntimeError):
        inscribe(kind="decision", about=thing, facts={})

    assert Record.objects.count() == 0


FLIPS = {
    column: f"UPDATE ledger_record SET {column} = %s WHERE number = 2"  # noqa: S608
    for column in ("facts", "digest", "previous", "salt")
}


@pytest.mark.parametrize("column", FLIPS)
def test_a_flipped_byte_in_the_ledger_names_the_record(chain, column):
    old = getattr(chain[1], column)
    place = len(old) // 2
    new = old[:place] + chr(ord(old[place]) ^ 1) + old[place + 1 :]
    by_hand(FLIPS[column], new)

    assert 2 in {number for number, _ in faults()}
    assert queries.check_one(queries.record(2))[0].number == 2


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "UPDATE challenges_challenge SET state = 'failed' WHERE id = %s",
            "所记的榜题已被改动（state）",
        ),
        (
            "UPDATE challenges_challenge SET bounty = bounty + 1 WHERE id = %s",
            "所记的榜题已被改动（bounty）",
        ),
        (
            "UPDATE audit_entry SET note = '另行组纲' WHERE thing_type = 'challenges.challenge'"
            " AND thing_id = %s",
            "所记的审计记录已被改动（note）",
        ),
        (
            "DELETE FROM audit_entry WHERE thing_type = 'challenges.challenge' AND thing_id = %s",
            "所记的审计记录已从数据库中消失",
        ),
    ],
)
def test_a_fact_changed_behind_the_platforms_back_names_its_record(chain, sql, sentence):
    by_hand(sql, chain[2].about_id)

    assert faults() == [(3, sentence)]
    assert [queries.check_one(record) for record in chain] == [
        [],
        [],
        [queries.Fault(3, sentence)],
        [],
    ]


def test_a_removed_record_is_missed(chain):
    by_hand("DELETE FROM ledger_record WHERE number = %s", 2)

    assert faults() == [(3, "第 2 号至第 2 号记录缺失")]
    assert queries.check_one(queries.record(3)) == [queries.Fault(3, "与上一条记录不相连")]


def test_a_removed_end_is_missed(chain):
    by_hand("DELETE FROM ledger_record WHERE number = %s", 4)

    assert faults() == [(3, "链尾登记为第 4 号，与最后一条记录不符")]


def test_what_a_later_record_says_replaces_what_an_earlier_one_said(db):
    need, officer = make_need("in_library"), make_officer()
    times = {"opens_at": make_challenge().closes_at}
    times["closes_at"] = times["opens_at"] + (times["opens_at"] - need.created_at)
    challenge = challenges.post(need=need, actor=officer, **times)
    challenges.move(challenge=challenge, action="withdraw", actor=officer, note="另行组织")

    assert faults() == []
    assert [queries.check_one(record) for record in Record.objects.all()] == [[]] * 4


def test_the_command_says_where_the_chain_ends_or_what_is_wrong(chain):
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert said.getvalue() == f"4 条存证记录全部通过核验，链尾哈希 {chain[-1].digest}\n"

    by_hand("UPDATE ledger_record SET facts = '{}' WHERE number = %s", 3)
    said = StringIO()
    with pytest.raises(CommandError, match="共 1 处不符"):
        call_command("verify_ledger", stdout=said)
    assert said.getvalue() == "第 3 号：记录内容与其哈希不符\n"


def test_every_row_with_a_life_is_chained_or_left_out_on_purpose():
    alive = {model._meta.label_lower for model in apps.get_models() if hasattr(model, "LIFE")}

    assert alive - CHAINED.keys() - UNCHAINED.keys() == set()
    assert CHAINED.keys() & UNCHAINED.keys() == set()
    for label, chained in CHAINED.items():
        names = {f.attname for f in apps.get_model(label)._meta.concrete_fields}
        assert set(chained.columns) - names == set(), label


def test_checking_asks_as_often_for_many_rows_as_for_few(chain, django_assert_num_queries):
    officer = make_officer()
    with django_assert_num_queries(5):
        assert faults() == []
    for _ in range(20):
        challenges.move(
            challenge=make_challenge(), action="withdraw", actor=officer, note="另行组织"
        )
    with django_assert_num_queries(5):
        assert faults() == []


def test_a_stranger_checks_one_record_and_reads_no_facts(client, chain):
    page = client.get("/ledger/1/")

    assert (page.status_code, "通过核验" in page.content.decode()) == (200, True)
    assert "另行组织" not in page.content.decode()
    assert client.get("/ledger/?number=1")["Location"] == "/ledger/1/"
    assert client.get("/ledger/99/").status_code == 404
    assert "链尾哈希" in client.get("/ledger/").content.decode()

    by_hand("UPDATE challenges_challenge SET state = 'open' WHERE id = %s", chain[0].about_id)
    assert "所记的榜题已被改动" in client.get("/ledger/1/").content.decode()


def test_the_bureau_reads_the_facts(client, chain):
    client.force_login(make_user(PlatformRole.AUDITOR))

    assert "另行组织" in client.get("/ledger/1/").content.decode()


def test_the_interface_checks_one_record(client_for, chain):
    client = client_for()
    by_hand("UPDATE audit_entry SET label = '撤消' WHERE id = %s", Entry.objects.first().pk)

    assert client.get("/api/v1/ledger/1/").json()["faults"] == ["所记的审计记录已被改动（label）"]
    sound = client.get("/api/v1/ledger/2/").json()
    assert (sound["sound"], sound["faults"], sound["digest"]) == (True, [], chain[1].digest)
    assert [row["number"] for row in client.get("/api/v1/ledger/").json()["results"]] == [
        4, 3, 2, 1,
    ]  # fmt: skip
    assert client.get("/api/v1/ledger/9/").json()["code"] == "not_found"


def test_an_experts_score_is_chained_and_watched(db):
    expert, need = make_expert(), make_need("appraisal")
    appraisal = Appraisal.objects.create(need=need, expert=expert, version=need.version)
    marks = {str(criterion.pk): 80 for criterion in need.call.criteria.all()}
    opinion = "技术路线清楚，指标可以检验，建议入库。"
    screening.appraise(appraisal=appraisal, actor=expert, scores=marks, opinion=opinion)
    assert [record.kind for record in Record.objects.all()] == ["decision", "score"]
    assert faults() == []

    by_hand("UPDATE library_appraisal SET total = 81 WHERE id = %s", appraisal.pk)

    assert faults() == [(2, "所记的需求论证已被改动（total）")]


def test_the_end_of_the_chain_is_one_row(chain):
    assert Head.objects.count() == 1
