"""One row of the city made many: copies that differ where the database wants them to."""

import copy
from itertools import product

from django.db import IntegrityError, models, transaction

DEEPEST = 4  # parents that must have copies of their own


class CannotGrow(Exception):
    """No copy of the row is let in by the database."""


def ways(thing):
    """Return the ways to make copies differ: for each unique rule, which column is varied."""
    model = type(thing)
    rules = [_columns(model, names) for names in _unique(thing)]
    # Few columns changed first: a list shows what hangs on one thing, and that stays.
    found = {tuple(sorted(set(way))) for way in product(*rules)}
    return sorted(found, key=lambda way: (_cost(model, way), way))


def clones(thing, count, way=None, depth=0):
    """Write so many copies of a row, with copies of what each must have for itself."""
    for each in [way] if way is not None else ways(thing):
        try:
            with transaction.atomic():
                return _write(thing, count, each, depth)
        except (IntegrityError, CannotGrow) as error:
            why = f"{type(thing).__name__} by {each}: {error}"
    raise CannotGrow(why)


def _write(thing, count, way, depth):
    rows = [_copied(thing) for _ in range(count)]
    for name in way:
        _vary(thing, rows, name, depth)
    return type(thing)._base_manager.bulk_create(rows, batch_size=300)


def _copied(thing):
    row = copy.copy(thing)
    row._state = copy.copy(thing._state)
    row._state.fields_cache = dict(thing._state.fields_cache)
    row._state.adding = True
    if isinstance(type(thing)._meta.pk, models.AutoField):
        row.pk = None
    row.__dict__.pop("_prefetched_objects_cache", None)
    return row


def _unique(thing):
    meta = type(thing)._meta
    for field in meta.concrete_fields:
        if field.unique and not isinstance(field, models.AutoField):
            yield [field.name]
    for rule in meta.constraints:
        if isinstance(rule, models.UniqueConstraint) and _binds(rule, thing):
            names = rule.fields or [e.name for each in rule.expressions for e in _names(each)]
            yield list(names)


def _binds(rule, thing):
    """Say whether a rule with a condition is about this row."""
    if rule.condition is None:
        return True
    names = [name.split("__")[0] for name in rule.condition.referenced_base_fields]
    fields = [type(thing)._meta.get_field(name) for name in names]
    return rule.condition.check({each.name: _value(thing, each) for each in fields})


def _value(thing, field):
    kind = field.target_field if field.is_relation else field
    return models.Value(getattr(thing, field.attname), output_field=kind)


def _names(expression):
    parts = [expression, *expression.get_source_expressions()]
    return [part for part in parts if isinstance(part, models.F)]


def _columns(model, names):
    return [name for name in names if not _is_choice(model, name)] or names


def _is_choice(model, name):
    field = model._meta.get_field(name)
    return bool(field.choices) or isinstance(field, models.BooleanField)


def _cost(model, way):
    points = [model._meta.get_field(name).is_relation for name in way]
    return sum(10 if each else 1 for each in points)


def _vary(thing, rows, name, depth):
    field = type(thing)._meta.get_field(name)
    held = getattr(thing, name)
    if held in (None, ""):
        return  # counts as different from all others
    if field.is_relation:
        if depth >= DEEPEST:
            raise CannotGrow(f"{thing!r}: {name}")
        for row, parent in zip(rows, clones(held, len(rows), depth=depth + 1), strict=True):
            setattr(row, name, parent)
        return
    for n, row in enumerate(rows, 1):
        setattr(row, name, _other(field, held, n))


def _other(field, held, n):
    if isinstance(held, int):
        return held + 1000 + n
    if hasattr(held, "toordinal"):
        return type(held).fromordinal(held.toordinal() + n)
    most, text = field.max_length or 40, f"K{n:04d}"
    return f"{str(held)[: most - len(text)]}{text}"
