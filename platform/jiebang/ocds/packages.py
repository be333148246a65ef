"""Releases and records in the packages that the standard asks for; adds and asks nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jiebang.common import clock

VERSION = "1.1"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
Json = dict[str, Any]


def releases(rows: Sequence[Json], *, uri: str, publisher: str, more: str = "") -> Json:
    """Return a release package; `more` is the address of the next one."""
    package = {**_head(uri, publisher), "releases": list(rows)}
    return {**package, "links": {"next": more}} if more else package


def record(release: Json, *, uri: str, publisher: str) -> Json:
    """Return a record package of one process: its release, and the same compiled."""
    compiled = {**release, "id": f"{release['id']}-compiled", "tag": ["compiled"]}
    made = {"ocid": release["ocid"], "releases": [release], "compiledRelease": compiled}
    return {**_head(uri, publisher), "records": [made]}


def moment(when: datetime) -> str:
    """Return a moment as the standard writes it, in the city's zone."""
    return clock.local(when).isoformat(timespec="seconds")


def _head(uri: str, publisher: str) -> Json:
    return {
        "uri": uri,
        "version": VERSION,
        "publishedDate": moment(clock.now()),
        "publisher": {"name": publisher},
        "license": LICENCE,
    }
