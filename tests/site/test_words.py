"""The words of the site: none is missing in a language, none is left over, and each says what it says of the same things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from reports.filing.declare.regime import load_regime, regime_names
from reports.site.language import SOURCE, WORDS, load_language
from tests.support.site_messages import messages

CODES = sorted({code for name in regime_names() if (page := load_regime(name).page) for code in page.languages} - {SOURCE})
_PLACES = re.compile(r"%\((\w+)\)")


def said() -> set[str | tuple[str, ...]]:
    """The message ids that templates and modules say."""
    found = {message for _, message in messages()}
    assert len(found) > 100
    return found


def test_every_catalogue_is_of_a_language_of_a_site() -> None:
    assert CODES and {path.stem for path in WORDS.glob("*.po")} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_no_message_lacks_its_words_and_none_is_left_over(code: str) -> None:
    with (WORDS / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    there = {message.id: message.string for message in catalogue if message.id}
    assert there.keys() == said()
    assert not [key for key, words in there.items() if not all(words if isinstance(words, tuple) else [words])]
    assert not [message.id for message in catalogue if message.fuzzy]


@pytest.mark.parametrize("code", CODES)
def test_words_name_the_same_places_as_their_message(code: str) -> None:
    with (WORDS / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(_PLACES.findall(ids[-1]))
        assert not message.id or all(set(_PLACES.findall(text)) == wanted for text in words), message.id


def test_english_is_its_own_catalogue() -> None:
    assert not (WORDS / f"{SOURCE}.po").exists()
    assert load_language(SOURCE).say("Filings") == "Filings" and load_language("zh").say("Filings") == "报送"


def test_no_template_has_words_outside_its_messages() -> None:
    """Text between tags, messages and expressions is a name, a character or a format, and never a sentence."""
    allowed = {"CSV", "JSON", "Atom", "SEAL", "Linux", "macOS", "Windows", "Parquet", "figures", "json", "csv", "sha256sum", "shasum"}
    allowed |= {"certutil", "hashfile", "SHA256", "nbsp", "a"}
    templates = sorted((Path(WORDS).parent / "templates").glob("*.j2"))
    assert len(templates) > 10
    for template in templates:
        text = template.read_text(encoding="utf-8")
        text = re.sub(r"{%-?\s*trans.*?{%-?\s*endtrans\s*-?%}", " ", text, flags=re.DOTALL)
        text = re.sub(r"{[{%#].*?[}%#]}", "", text, flags=re.DOTALL)
        text = re.sub(r"<[^>]*>|class=\"\w+\"", " ", text)
        assert set(re.findall(r"[A-Za-z]\w+", text)) <= allowed, template.name
