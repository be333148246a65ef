"""Word templates that a bureau edits: `{{ name }}` stands where a fact is to go."""

import io
from collections.abc import Mapping
from typing import IO, Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from jiebang.common.errors import Invalid


def fill(template: IO[bytes], facts: Mapping[str, Any]) -> bytes:
    """Return the template with its places filled; raises Invalid for a place nobody can fill.

    Templates come from people, so they are filled in a sandbox.
    """
    document = DocxTemplate(template)
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        document.render(dict(facts), jinja_env=environment)
    except (TemplateError, TypeError, ValueError, AttributeError) as error:
        said = f"模板里有填不上的位置：{error}"
        raise Invalid(said, code="template_faulty", fields={"template": [said]}) from error
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def places(template: IO[bytes]) -> set[str]:
    """Return the names that the template wants filled; raises Invalid where it cannot be read."""
    try:
        names: set[str] = DocxTemplate(template).get_undeclared_template_variables()
    except (TemplateError, ValueError, KeyError) as error:
        said = f"模板读不出来：{error}"
        raise Invalid(said, code="template_faulty", fields={"template": [said]}) from error
    return names
