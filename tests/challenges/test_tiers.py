"""A file of a need may have a tier other than the need's texts; the poster sees who opened it."""

import io

import pytest

from jiebang.challenges import admissions
from jiebang.challenges.models import Reading
from jiebang.common.errors import Invalid, NotAllowed, WrongState
from jiebang.files import policies, queries, services
from jiebang.files.models import Attachment
from jiebang.library.models import TechNeed
from jiebang.library.states import Secrecy
from jiebang.library.states import State as NeedState
from tests import factories as make
from tests.files import made
from tests.files.conftest import _own_folder  # noqa: F401

pytestmark = pytest.mark.django_db
STEPS = ("stranger", "unit", "signed", "shortlisted")
# From which step on a file of this tier opens, whatever the need's own.
OPENS = {Secrecy.PUBLIC: 0, Secrecy.MATCHED: 1, Secrecy.PLEDGED: 2, Secrecy.ADMITTED: 3}


def attach(need, tier="", **more):
    return services.attach(
        thing=need,
        slot="requirement",
        upload=io.BytesIO(made.pdf_file()),
        name="工况数据.pdf",
        actor=make.make_user(unit=need.owner),
        tier=tier,
        **more,
    )


def post(need):
    TechNeed.objects.filter(pk=need.pk).update(state=NeedState.POSTED)
    need.refresh_from_db()
    return make.make_challenge(need=need)


@pytest.mark.parametrize("secrecy", Secrecy)
@pytest.mark.parametrize("tier", ["", *Secrecy])
def test_a_file_opens_by_its_own_tier_and_by_the_needs_where_it_has_none(tier, secrecy):
    need = make.make_need(secrecy=secrecy)
    file = attach(need, tier)
    challenge = post(need)
    person, holds = make.make_user(unit=make.make_university()), tier or secrecy
    unit = person.memberships.get().organization
    restricted = {tier or secrecy, secrecy}
    opened = []
    for step in STEPS:
        reader = None if step == "stranger" else person
        if step == "signed" and restricted & {Secrecy.PLEDGED, Secrecy.ADMITTED}:
            admissions.undertake(challenge=challenge, unit=unit, actor=person)
        if step == "shortlisted" and Secrecy.ADMITTED in restricted:
            poster = make.make_user(unit=need.owner)
            admissions.admit(challenge=challenge, unit=unit, actor=poster)
        if (said := policies.may_read(reader, need, file)).code == "restricted" and not said:
            with pytest.raises(NotAllowed):
                services.open_for(thing=need, attachment=file, reader=reader)
        else:
            services.open_for(thing=need, attachment=file, reader=reader).stream.close()
            opened.append(step)
    assert opened == list(STEPS[OPENS[holds] :])
    logged = 0 if holds == Secrecy.PUBLIC else len(opened)
    assert Reading.objects.filter(what="附件：工况数据.pdf", reader=person).count() == logged


def test_an_unknown_tier_is_refused_and_nothing_kept():
    with pytest.raises(Invalid) as refusal:
        attach(make.make_need(), tier="secret")
    assert (list(refusal.value.fields), Attachment.objects.count()) == (["tier"], 0)


def test_an_undertaking_is_only_asked_where_something_is_kept_for_it():
    need = make.make_need()
    attach(need, Secrecy.MATCHED)
    person = make.make_user(unit=make.make_university())
    with pytest.raises(WrongState):
        admissions.undertake(
            challenge=post(need), unit=person.memberships.get().organization, actor=person
        )


def test_the_matcher_reads_no_file_kept_for_a_tier_of_its_own():
    need = make.make_need()
    for tier in ("", Secrecy.PUBLIC, Secrecy.PLEDGED):
        file = attach(need, tier, replaces=None) if not tier else _other(need, tier)
        services.inspect(file.content_id)
    read = "\n".join(queries.texts(need))
    assert ("固态电池" in read, "public" in read, "pledged" in read) == (True, True, False)


def _other(need, tier):
    return services.attach(
        thing=need,
        slot="other",
        upload=io.BytesIO(str(tier).encode()),
        name=f"{tier}.txt",
        actor=make.make_user(unit=need.owner),
        tier=tier,
    )


def test_the_poster_sees_who_opened_what(client, client_for):
    need = make.make_need()
    file = attach(need, Secrecy.MATCHED)
    challenge = post(need)
    reader = make.make_user(unit=make.make_university(), display_name="林教授")
    client.force_login(reader)
    assert client.get(f"/files/{file.pk}/").status_code == 200
    poster = make.make_user(unit=need.owner)
    seen = client_for(poster).get(f"/api/v1/challenges/{challenge.pk}/readings/").json()["results"]
    assert [(row["reader_name"], row["what"]) for row in seen] == [("林教授", "附件：工况数据.pdf")]
    client.force_login(poster)
    page = client.get(f"/challenges/{challenge.pk}/readings/").content.decode()
    assert "林教授" in page
    assert "附件：工况数据.pdf" in page
