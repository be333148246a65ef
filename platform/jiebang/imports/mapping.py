"""What the three kinds of records have in common: headings met under many names, keys, fields."""

import hashlib
from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from jiebang.accounts.models import User
from jiebang.imports.cells import Cells, Columns, heading_key
from jiebang.taxonomy import queries as taxonomy
from jiebang.taxonomy.models import TechField

LONGEST_KEY = 60


class RecordKind:
    """One run's reading of one kind of record. A subclass says which columns, and what a row is."""

    KIND: ClassVar[str]
    LABEL: ClassVar[str]
    COLUMNS: ClassVar[Columns]
    REQUIRED: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        self._fields: dict[str, TechField | None] = {}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Return our names of the columns, and the services', with the headings people know."""
        labels = {name: headings[0] for name, headings in self.COLUMNS.items()}
        theirs = {"tech_field": "field", "source_unit": "org"}
        return labels | {name: labels[ours] for name, ours in theirs.items() if ours in labels}

    def recognise(self, headings: Iterable[str]) -> dict[str, list[str]]:
        """Return by our names the headings of a file that mean them, the usual ones first."""
        ours = {
            heading_key(alias): (name, place)
            for name, aliases in self.COLUMNS.items()
            for place, alias in enumerate((*aliases, name))
        }
        found: dict[str, list[tuple[int, str]]] = {}
        for heading in headings:
            if meant := ours.get(heading_key(heading)):
                found.setdefault(meant[0], []).append((meant[1], heading))
        return {name: [heading for _, heading in sorted(each)] for name, each in found.items()}

    def key(self, cells: Cells) -> str:
        """Return what a record is known by, so that it is taken in once."""
        number = cells.text("id")
        if not number:
            number = _digest(f"{cells.text('title')}|{cells.text('org')}")
        key = f"{self.KIND}:{number}"
        return key if len(key) <= LONGEST_KEY else f"{self.KIND}:{_digest(number)}"

    def known(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys that were taken in before."""
        raise NotImplementedError

    def read(self, key: str, cells: Cells) -> Any:
        """Return what `write` takes; what cannot be read is left as faults on the cells."""
        raise NotImplementedError

    def write(self, actor: User | None, content: Any) -> None:
        """Take one record in through its service."""
        raise NotImplementedError

    def tech_field(self, cells: Cells) -> TechField | None:
        """Return the field of this name; a name that nobody knows is left out, with a note."""
        name = cells.text("field")
        if name and name not in self._fields:
            self._fields[name] = taxonomy.find_field(name)
        found = self._fields.get(name)
        if name and not found:
            cells.note("field", f"“{name}”不在技术领域目录中，已留空")
        return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
