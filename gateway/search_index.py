"""The search index: written by the press, read by the gateway, folded on both sides.

Words are folded before they are indexed and before they are sought: lower case, no marks, đ as d. So a search with and
without accents finds the same items. Every word of a search must occur; the beginning of the last one is enough. The index
holds the cards, too: searching needs no other store.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import tantivy

from gateway.cards import Card
from gateway.items import Item

WORDS_MOST = 12
_SHAPE = "index-1"
"""Counts up when the fields of the index change: then another one is begun."""
_WRITER_BYTES = 30_000_000
_WORD = re.compile(r"[a-z0-9]+")
_TAG = re.compile(r"<[^>]*>")
_TITLE_WEIGHT = 4.0


def fold(text: str) -> str:
    """Return the text as it is indexed: lower case, without marks, đ as d.

    >>> fold("Đồng Xoài")
    'dong xoai'
    """
    spelled = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in spelled if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in their order."""
    return _WORD.findall(fold(text))


def index_folder(var_dir: Path) -> Path:
    """Return the folder of the index of today's shape."""
    return var_dir / "search" / _SHAPE


@dataclass(frozen=True, slots=True)
class Found:
    """Items found, best first; `total` counts those on other pages, too."""

    cards: tuple[Card, ...]
    total: int


class IndexWriter:
    """Writes the index. Only one may be open at a time. `is_new` until something was put into an empty folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.is_new = not (folder / "meta.json").is_file()
        self._index = tantivy.Index(_schema(), path=str(folder))
        self._writer = self._index.writer(_WRITER_BYTES, 1)

    def put(self, items: Iterable[Item]) -> None:
        """Index items, for readers to find at once."""
        self.add(items)
        self.commit()

    def add(self, items: Iterable[Item]) -> None:
        """Index items in each language; what was known of them before is replaced. Withdrawn ones cannot be found."""
        for item in items:
            self._writer.delete_documents_by_term("article", str(item.article))
            for language in () if item.withdrawal else item.languages:
                self._writer.add_document(_document(item, language))

    def commit(self) -> None:
        """Let readers find what was added."""
        self._writer.commit()
        self.is_new = False


class IndexReader:
    """Reads the index, and sees each commit soon after it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = _schema()
        self._index: tantivy.Index | None = None

    def find(self, text: str, language: str, section: str | None, page: tuple[int, int]) -> Found:
        """Return items with all words of a text; `page` is (how many to pass over, how many to return).

        Raises:
            FileNotFoundError: the press has not written an index yet.

        """
        words = words_of(text)[:WORDS_MOST]
        if not words:
            return Found((), 0)
        index = self._open()
        skip, count = page
        searcher = index.searcher()
        result = searcher.search(self._query(words, language, section), limit=count, offset=skip, count=True)
        cards = [Card.read(json.loads(searcher.doc(address)["card"][0])) for _, address in result.hits]
        return Found(tuple(cards), result.count)  # type: ignore[attr-defined]

    def there(self) -> bool:
        """Tell whether there is an index to read."""
        return (self._folder / "meta.json").is_file()

    def _open(self) -> tantivy.Index:
        if self._index is None:
            if not self.there():
                raise FileNotFoundError(self._folder)
            self._index = tantivy.Index.open(str(self._folder))
        self._index.reload()
        return self._index

    def _query(self, words: list[str], language: str, section: str | None) -> tantivy.Query:
        needed = [self._term("language", language), *(self._term("section", each) for each in (section,) if each)]
        needed += [self._anywhere(word, begun=word is words[-1]) for word in words]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in needed])

    def _anywhere(self, word: str, *, begun: bool) -> tantivy.Query:
        fields = ((self._term("title", word), _TITLE_WEIGHT), (self._term("text", word), 1.0))
        queries = [tantivy.Query.boost_query(query, weight) for query, weight in fields]
        if begun:
            pattern = f"{word}.*"
            queries += [tantivy.Query.regex_query(self._schema, field, pattern) for field in ("title", "text")]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])

    def _term(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, value)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_bytes_field("card", stored=True, indexed=False)
    for name in ("article", "language", "section"):
        builder.add_text_field(name, stored=False, tokenizer_name="raw", index_option="basic")
    for name in ("title", "text"):
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _document(item: Item, language: str) -> tantivy.Document:
    content, text = item.content, item.content.texts[language]
    number = content.document.number if content.document else ""
    body = unescape(_TAG.sub(" ", text.body))
    everything = f"{text.title} {text.summary} {body} {number} {content.author} {content.source}"
    card = Card.of(item)
    return tantivy.Document(
        card=[json.dumps({"_id": card.article, "position": card.position, **card.as_row()}).encode()],
        article=[card.article],
        language=[language],
        section=[item.section],
        title=[" ".join(words_of(f"{text.title} {number}"))],
        text=[" ".join(words_of(everything))],
    )
