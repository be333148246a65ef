"""One row of the city made many: copies that differ where the database wants them to."""

import copy

from django.db import models


def clones(thing, count, *, last=False, depth=0):
    """Write so many copies of a row, with copies of what each must have for itself.

    Of columns that are unique together one is varied: the first that points to something, or the
    last one.
    """
    rows = [_copied(thing) for _ in range(count)]
    varied = set()
    for names in _unique(thing):
        if varied & set(names):
            continue
        name = _chosen(type(thing), names, last)
        varied.add(name)
        _vary(thing, rows, name, last, depth)
    return type(thing)._base_manager.bulk_create(rows)


def _copied(thing):
    row = copy.copy(thing)
    row._state = copy.copy(thing._state)
    row._state.fields_cache = dict(thing._state.fields_cache)
    row._state.adding, row.pk = True, None
    row.__dict__.pop("_prefetched_objects_cache", None)
    return row


def _unique(thing):
    meta = type(thing)._meta
    for field in meta.concrete_fields:
        if field.unique and not field.primary_key:
            yield [field.name]
    for rule in meta.constraints:
        if isinstance(rule, models.UniqueConstraint):
            names = rule.fields or [e.name for each in rule.expressions for e in _names(each)]
            yield list(names)


def _names(expression):
    parts = [expression, *expression.get_source_expressions()]
    return [part for part in parts if isinstance(part, models.F)]


def _chosen(model, names, last):
    points = [n for n in names if model._meta.get_field(n).is_relation]
    return (points or list(names))[-1 if last else 0]


def _vary(thing, rows, name, last, depth):
    field = type(thing)._meta.get_field(name)
    held = getattr(thing, name)
    if field.is_relation:
        if held is not None:
            assert depth < 6, f"{thing!r}: {name}"
            for row, parent in zip(
                rows, clones(held, len(rows), last=last, depth=depth + 1), strict=True
            ):
                setattr(row, name, parent)
        return
    for n, row in enumerate(rows, 1):
        number = isinstance(held, int)
        most = field.max_length or 40
        text = f"{n:05d}"
        value = held + 1000 + n if number else f"{str(held)[: most - len(text)]}{text}"
        setattr(row, name, value)
