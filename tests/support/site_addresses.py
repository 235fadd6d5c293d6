"""Every address of the site, with something in each of its parts."""

from __future__ import annotations

import re

from werkzeug.routing import Rule

from support.site_client import Visitor

#: what stands for the parts of an address; numbers are 1
VALUES = {"kind": "thumb", "action": "approve", "slug": "harbour-festival", "filename": "base.css"}


def _filled(rule: Rule) -> dict[str, object]:
    """A value for each part of an address: the first where it is one of a few."""
    few = {name: words.split(",")[0] for words, name in re.findall(r"<any\(([^)]*)\):(\w+)>", rule.rule)}
    return {name: few.get(name, VALUES.get(name, 1)) for name in rule.arguments}


def addresses(one: Visitor, *methods: str) -> list[tuple[str, str, str]]:
    """Every address of the site with a method, as (method, endpoint, path)."""
    with one.app.test_request_context():
        adapter = one.app.url_map.bind("localhost")
        return [
            (method, rule.endpoint, adapter.build(rule.endpoint, _filled(rule), method))
            for rule in one.app.url_map.iter_rules()
            for method in methods
            if method in (rule.methods or ())
        ]
