"""Which text of several languages a set's language gets (RFC 4647)."""

from __future__ import annotations

import pytest

from lightgate.domain.language.alternatives import default_of, in_languages

DE, EN, AT, ANY = ("de-DE", "Ein See"), ("en-US", "A lake"), ("de-AT", "Ein See (AT)"), ("x-default", "A lake")


@pytest.mark.parametrize(
    ("told", "languages", "texts"),
    [
        ((ANY, DE, EN), ["de"], {"de": "Ein See"}),
        ((ANY, DE, EN), ["en"], {"en": "A lake"}),
        ((ANY, DE, EN), ["de", "en"], {"de": "Ein See", "en": "A lake"}),
        ((ANY, DE, EN), ["fr"], {"fr": "A lake"}),
        # de matches de-AT, and de-AT falls back to de, then to the German of elsewhere
        ((ANY, AT), ["de"], {"de": "Ein See (AT)"}),
        ((ANY, ("de", "Ein See")), ["de-AT"], {"de-AT": "Ein See"}),
        ((DE, ("de", "Irgendeiner"), AT), ["de-AT"], {"de-AT": "Ein See (AT)"}),
        ((DE, ("de", "Irgendeiner"), AT), ["de-CH"], {"de-CH": "Irgendeiner"}),
        ((ANY, DE), ["de-CH-1996"], {"de-CH-1996": "Ein See"}),
        ((("DE_de", "Ein See"),), ["de"], {"de": "Ein See"}),
        ((("de", "Ein See"),), ["de-x-own"], {"de-x-own": "Ein See"}),
        ((ANY, ("den", "Slavey")), ["de"], {"de": "A lake"}),
        ((("zh-Hans-CN", "湖泊"), ANY), ["zh-Hant"], {"zh-Hant": "A lake"}),
        ((("zh-Hant-TW", "湖泊"), ANY), ["zh-Hant"], {"zh-Hant": "湖泊"}),
        # what is marked for any language goes to one alone, and not beside itself
        ((ANY,), ["de", "en"], {"de": "A lake"}),
        ((ANY, DE), ["de", "en"], {"de": "Ein See", "en": "A lake"}),
        ((ANY, EN, DE), ["de", "en", "fr"], {"de": "Ein See", "en": "A lake"}),
        ((("und", "Lac"), EN), ["de"], {"de": "Lac"}),
        # a text in another language is none of this one
        ((("fr", "Un lac"),), ["de"], {}),
        ((), ["de"], {}),
    ],
)
def test_a_language_gets_its_own_text(
    told: tuple[tuple[str, str], ...], languages: list[str], texts: dict[str, str]
) -> None:
    assert in_languages(told, languages) == texts


def test_readers_of_any_language_get_the_marked_one_else_the_first() -> None:
    assert default_of((DE, ANY)) == "A lake"
    assert default_of((DE, EN)) == "Ein See"
    assert default_of(()) is None
