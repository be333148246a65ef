"""Many who inscribe in the same moment: one chain, no number twice, nothing lost."""

import threading

import pytest
from django.db import connections

from jiebang.challenges import services as challenges
from jiebang.challenges.models import Challenge
from jiebang.ledger import queries
from jiebang.ledger.models import Record
from tests.factories import make_challenge, make_officer

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 12


def test_facts_of_the_same_moment_stand_in_one_chain():
    officer = make_officer()
    keys = [make_challenge().pk for _ in range(PEOPLE)]
    gate = threading.Barrier(PEOPLE)
    failed = []

    def withdraw(key):
        gate.wait()
        try:
            thing = Challenge.objects.select_related("need").get(pk=key)
            challenges.move(challenge=thing, action="withdraw", actor=officer, note="另行组织")
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=withdraw, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert Record.objects.count() == queries.head().number == 2 * PEOPLE
    assert list(queries.check_all()) == []
