"""Templates hold to the content security policy: no script runs but from a file of ours."""

import re

import pytest

from scripts.places import ROOT

FOLDER = ROOT / "frontend_templates"
FORBIDDEN = {
    "a script in the page": r"<script\b(?![^>]*\bsrc=)(?![^>]*\btype=[\"']application/)[^>]*>",
    "a handler in an attribute": r"<[^>]*\son[a-z]+\s*=",
    "an htmx handler": r"\bhx-on\b",
    "an htmx expression": r"\bhx-(?:vals|vars|headers)=[\"']?js:|\bhx-vars\b",
    "a script as an address": r"javascript:",
    "something from another site": r"(?:src|srcset|data|action)=[\"']?(?:https?:)?//",
    "a style from another site": r"<link\b[^>]*href=[\"']?(?:https?:)?//",
    "a file off our static files": r"(?:src|href)=[\"']/static/",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what):
    found = {
        str(file.relative_to(FOLDER)): matches
        for file in sorted(FOLDER.rglob("*.html"))
        if (matches := re.findall(FORBIDDEN[what], file.read_text("utf-8"), re.IGNORECASE))
    }

    assert found == {}


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ("<script>go()</script>", "a script in the page"),
        ('<script type="module">go()</script>', "a script in the page"),
        ('<a class="b" onclick="go()">', "a handler in an attribute"),
        ('<div hx-on:click="go()">', "an htmx handler"),
        ("<div hx-vals='js:{a: go()}'>", "an htmx expression"),
        ('<a href="javascript:go()">', "a script as an address"),
        ('<script src="//cdn.example/a.js">', "something from another site"),
        ('<link rel="stylesheet" href="https://cdn.example/a.css">', "a style from another site"),
        ('<script src="/static/a.js">', "a file off our static files"),
    ],
)
def test_the_search_finds_what_it_is_for(markup, what):
    assert [name for name, found in FORBIDDEN.items() if re.search(found, markup)] == [what]
