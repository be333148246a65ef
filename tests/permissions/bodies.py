"""What is written where: enough for a door to get as far as asking who knocks.

Bodies of the interface are made from its document: every column that it asks for, filled with
something of the right kind. What must name a thing of the city is in `HINTS`; what a page's form
must hold is in `FORMS`.
"""

import json
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.serializers.json import DjangoJSONEncoder

from jiebang.common import clock
from tests.api.document import address, document


def _attachment(world):
    """Return a file for the draft need, as a form holds it."""
    thing = world.kinds["need"]["draft"].thing.pk
    file = SimpleUploadedFile("说明.txt", "工况数据".encode())
    return {"holder": "need", "thing": thing, "slot": "other", "file": file}


# These take files, not JSON.
FILES = {"api:import-list": lambda w: {}, "api:attachment-list": _attachment}
NOTE = "理由充分，符合本批次规定，予以办理"
ALWAYS = ("revision", "role")
# Columns that name something of the city, whatever the route.
HINTS = {
    "owner": lambda w: w.units.poster.pk,
    "unit": lambda w: w.units.bidder.pk,
    "lead": lambda w: w.units.bidder.pk,
    "need": lambda w: w.kinds["need"]["in_library"].thing.pk,
    "call": lambda w: w.kinds["call"]["open"].thing.pk,
    "challenge": lambda w: w.kinds["challenge"]["closed"].thing.pk,
    "proposal": lambda w: w.kinds["proposal"]["opened"].thing.pk,
    "party": lambda w: w.kinds["party"]["partner"].thing.pk,
    "until": lambda w: clock.now() + timedelta(days=60),
    "expert": lambda w: w.kinds["expert"]["pooled"].thing.pk,
    "experts": lambda w: [w.people["专家"].pk],
    "one": lambda w: w.units.poster.pk,
    "other": lambda w: w.units.bidder.pk,
    "subject_kind": lambda w: "need",
    "subject_id": lambda w: w.kinds["need"]["posted"].thing.pk,
    "object_kind": lambda w: "achievement",
    "object_id": lambda w: w.kinds["achievement"]["public"].thing.pk,
    "revision": lambda w: 0,
    "note": lambda w: NOTE,
    "reason": lambda w: NOTE,
    "milestone": lambda w: w.kinds["milestone"]["confirmed"].thing.pk,
    "side": lambda w: "bureau",
    "email": lambda w: "new@example.cn",
    "candidate": lambda w: w.units.bidder.pk,
    "commission": lambda w: w.kinds["commission"]["notice"].thing.pk,
    "user": lambda w: w.people["个人"].pk,
}
OF_ROUTE = {
    "api:opening-list": {"challenge": lambda w: w.kinds["challenge"]["open"].thing.pk},
    "api:match-settings-list": {"fit": lambda w: w.kinds["fit"]["reckoned"].thing.pk},
    "api:acceptance-list": {"contract": lambda w: w.kinds["contract"]["running"].thing.pk},
    "api:proposal-list": {"challenge": lambda w: w.kinds["challenge"]["open"].thing.pk},
    "api:consortium-invitations": {"right": lambda w: "view"},
    "api:award-list": {"challenge": lambda w: w.kinds["proposal"]["opened"].thing.challenge_id},
}
FORMS = {
    "web:contract-dispute": lambda w: {"note": NOTE},
    "web:track-answer": lambda w: {"note": NOTE},
    "web:attachment-add": _attachment,
    "web:unit-invite": lambda w: {"email": "new@example.cn", "role": "editor"},
    "web:unit-member": lambda w: {"action": "change", "role": "viewer"},
    "web:proposal-start": lambda w: {"lead": w.units.bidder.pk},
    "web:proposal-intend": lambda w: {"lead": w.units.bidder.pk},
    "web:proposal-invite": lambda w: {"email": "new@example.cn", "right": "view"},
    "web:proposal-comment": lambda w: {"text": NOTE},
    "web:party-confirm": lambda w: {"signatory": "王所长", "agreed": "on"},
    "web:officer-late": lambda w: {
        "unit": w.units.bidder.pk,
        "reason": NOTE,
        "until": f"{clock.now() + timedelta(days=60):%Y-%m-%dT%H:%M}",
    },
    "web:endorser-decide": lambda w: {"action": "return", "note": NOTE},
    "web:officer-place": lambda w: {"call": w.kinds["call"]["open"].thing.pk},
    "web:officer-unit-invite": lambda w: {"email": "new@example.cn"},
    "web:contract-ask": lambda w: {"reason": "mutual", "explanation": NOTE},
    "web:contract-sign": lambda w: {"action": "bureau"},
    "web:match-feedback": lambda w: {"useful": "yes"},
    "web:notification-preferences": lambda w: {"timing": "daily", "suited": "daily"},
    "web:officer-commission-ask": lambda w: {"expert": w.kinds["expert"]["pooled"].thing.pk},
}
QUERIES = {
    "api:track-item-list": lambda w: {"organization": w.units.bidder.pk},
    "api:attachment-list": lambda w: {
        "holder": "need",
        "thing": w.kinds["need"]["posted"].thing.pk,
    },
    "api:match-list": lambda w: {
        "subject_kind": "need",
        "subject_id": w.kinds["need"]["posted"].thing.pk,
    },
    "api:proposal-difference": lambda w: {"before": 1, "after": 1},
    "api:match-compare": lambda w: w.kinds["match"]["any"].args,
    "api:need-version-difference": lambda w: {"before": 1, "after": 1},
}


def text(body):
    """Return a body as the interface reads it."""
    return json.dumps(body, cls=DjangoJSONEncoder)


def query(route, world):
    """Return what the address asks for."""
    return QUERIES[route](world) if route in QUERIES else {}


def body(line, method, action, world, pattern):
    """Return what is written; a step names its action and gives a reason."""
    if action:
        return {"action": action, "note": NOTE}
    if not line.route.startswith("api:"):
        return FORMS[line.route](world) if line.route in FORMS else {"x": "1"}
    if line.route in FILES:
        return FILES[line.route](world)
    operation = document()["paths"].get(address(pattern), {}).get(method.lower(), {})
    asked = operation.get("requestBody", {}).get("content", {}).get("application/json")
    hints = {**HINTS, **OF_ROUTE.get(line.route, {})}
    return sample(asked["schema"], hints, world) if asked else {}


def sample(schema, hints, world):
    """Return something that the schema allows, with every column that it asks for."""
    schema = _whole(schema)
    if "enum" in schema:
        return next(value for value in schema["enum"] if value not in (None, ""))
    if schema.get("allOf") or schema.get("oneOf"):
        return sample((schema.get("allOf") or schema["oneOf"])[0], hints, world)
    kind = schema.get("type")
    match kind if isinstance(kind, str) else (kind or ["string"])[0]:
        case "object":
            known = schema.get("properties", {})
            # What may be left out of a change is; not so what says which text one saw.
            asked = schema.get("required") or [name for name in ALWAYS if name in known]
            return {
                name: hints[name](world) if name in hints else sample(known[name], hints, world)
                for name in asked
                if name in known
            }
        case "array":
            return [sample(schema["items"], hints, world)] if schema.get("minItems") else []
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
    return _text(schema)


def _text(schema):
    match schema.get("format"):
        case "date":
            return "2030-01-01"
        case "date-time":
            return "2030-01-01T09:00:00+08:00"
        case "decimal":
            return "10"
    return "10" if "pattern" in schema else "样例文字，足够长，可以通过长度检查"


def _whole(schema):
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
