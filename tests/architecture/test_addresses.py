"""Every address asks who is there, or stands on this short list."""

import re
from http import HTTPStatus

import pytest
from django.conf import settings
from django.contrib.admindocs.views import simplify_regex
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, get_resolver

# What anyone may see, and the doors by which people come in.
PUBLIC = {
    *("web:board", "web:challenge", "web:achievements", "web:achievement"),
    *("web:units", "web:unit", "web:statistics"),
    *("web:feed", "web:deadlines", "web:call-lists", "web:call-list", "web:intent-notice"),
    *("api:intent-notice-list", "api:intent-notice-detail"),
    *("web:ledger", "web:ledger-record", "api:ledger-list", "api:ledger-detail"),
    *("web:sign-in", "web:sign-up", "web:sign-out", "web:invitation"),
    "web:partner-invitation",
    *("api:docs", "api:schema", "api:sign-up", "api:token-list"),
    *("api:taxonomy-chains", "api:taxonomy-districts", "api:taxonomy-fields"),
    *("api:challenge-list", "api:challenge-detail", "api:challenge-history"),
    *("api:challenge-announcement-amendments", "api:challenge-announcement-questions"),
    *("api:challenge-announcement-clarifications", "api:challenge-alike-alike"),
    *("api:achievement-list", "api:achievement-detail", "api:achievement-match-matches"),
    *("api:award-list", "api:award-detail", "api:call-list", "api:call-detail"),
    *("web:draws", "web:draw", "web:draw-file"),
    *("api:draw-list", "api:draw-detail"),
    *("web:acceptance-notices", "web:acceptance-notice"),
    *("web:acceptance-draw", "web:acceptance-draw-file", "web:my-calendar-file"),
    *("api:acceptance-draw-list", "api:acceptance-draw-detail", "api:track-item-list"),
    *("web:notices", "web:notice", "api:decision-list", "api:decision-detail"),
    *("api:challenge-bid-files", "api:commission-list", "api:commission-detail"),
    *("api:ocds-record", "api:ocds-releases"),
    *("web:commissions", "web:commission", "web:open-data"),
    *("web:attachment", "api:attachment-list", "api:attachment-detail"),
    *("api:attachment-content", "api:working-day-list"),
    *("api:organization-list", "api:organization-detail"),
    *("api:statistic-funnel", "api:statistic-fields", "api:statistic-months"),
}
AWAY = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
KINDS = {"int": "1", "slug": "a", "str": "a", "paper": "pdf"}


def addresses(patterns=None, space="", before=""):
    """Walk through the address book: full name and a sample path of every entry."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry.url_patterns, inner, path)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", sample(path)


def sample(pattern):
    """Fill in an address with values of the right kind; those of a pattern are numbers."""
    filled = re.sub(r"<([a-z]+):\w+>", lambda part: KINDS[part[1]], pattern)
    return re.sub(r"<\w+>", "1", simplify_regex(filled))


def turned_away(answer):
    """Whether the answer is: say first who you are."""
    if answer.status_code in AWAY:
        return True
    return answer.status_code == HTTPStatus.FOUND and answer["Location"].startswith(
        resolve_url(settings.LOGIN_URL)
    )


ADDRESSES = sorted(set(addresses()))


def test_the_short_list_names_only_what_there_is():
    assert {name for name, _ in ADDRESSES} >= PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "path"), ADDRESSES)
def test_a_stranger_is_asked_who_is_there_or_it_is_public(client, name, path):
    answers = [client.get(path), client.post(path)]

    if name in PUBLIC:
        assert all(answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR for answer in answers)
        assert not all(map(turned_away, answers))
    else:
        heard = [a for a in answers if a.status_code != HTTPStatus.METHOD_NOT_ALLOWED]
        assert [turned_away(answer) for answer in heard] == [True] * len(heard) != []
