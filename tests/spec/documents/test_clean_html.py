"""Whatever is handed in as markup, only an article's markup comes out."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infra.documents.clean_html import clean_html, clean_text, plain_text

ALLOWED = {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("a", "img", "figure", "figcaption", "blockquote", "strong", "em", "u", "sub", "sup", "br", "hr"),
}
ATTRIBUTES = {"href", "rel", "id", "src", "alt", "width", "height", "start", "type", "colspan", "rowspan", "scope"}

FRAGMENTS = st.sampled_from(
    [
        *("<p>", "</p>", "<div>", "</div>", "<h1>", "</h1>", "<h2>", "</h2>", "<b>", "</b>", "<strong>", "</strong>"),
        *("<i>", "</i>", "<span style='font-weight:700'>", "</span>", "<u>", "</u>", "<sup>", "</sup>", "<br>", "<hr>"),
        *("<ul>", "</ul>", "<ol type=a start=3>", "</ol>", "<li>", "</li>", "<blockquote>", "</blockquote>"),
        *("<table>", "</table>", "<tr>", "</tr>", "<td colspan=2>", "</td>", "<th>", "<tbody>", "<caption>"),
        *(
            "<figure>",
            "</figure>",
            "<figcaption>",
            "</figcaption>",
            "<img src=/files/a.webp>",
            "<img src=x onerror=a()>",
        ),
        *("<a href=https://a.b>", "<a href=javascript:a()>", "</a>", "<a id=footnote-1>", "<a href='#footnote-1'>"),
        *("<script>", "</script>", "<style>", "</style>", "<svg>", "</svg>", "<math>", "<!--", "-->", "<![if !x]>"),
        *(
            "<p style='mso-list:l0 level1 lfo1'>",
            "<p style='mso-list:l0 level3 lfo1'>",
            "<span style='mso-list:Ignore'>",
        ),
        *(
            "<template>",
            "</template>",
            "<textarea>",
            "<title>",
            "<form>",
            "<button>",
            "<select>",
            "<noscript>",
            "<body>",
        ),
        *(
            "&nbsp;",
            "\u00a0",
            "&#x200b;",
            "&lt;",
            "&amp;lt;",
            "&#0;",
            "e\u0301",
            "e&#x301;",
            "Điều 1. ",
            "1.",
            "a)",
            " ",
            "\n",
        ),
    ]
)
MARKUP = st.lists(st.one_of(FRAGMENTS, st.text(max_size=5)), max_size=25).map("".join)


class Found(HTMLParser):
    """Collects what a markup contains."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def assert_is_an_articles_markup(markup: str) -> None:
    found = Found(markup)
    assert found.tags <= ALLOWED
    assert {name for name, _ in found.attributes} <= ATTRIBUTES
    assert not [
        value for _, value in found.attributes if re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE)
    ]


@settings(max_examples=150, deadline=None)
@given(MARKUP)
@example("<p><table><tr><td><p>a</table>b")
@example("<a href=https://a.b>x<a href=https://c.d>y<p>z")
@example("<math><mtext><table><mglyph><style><img src=x onerror=a()>")
@example("\ud800<p>\x00\x0b")
def test_cleaning_twice_is_cleaning_once_and_only_an_articles_markup_remains(markup: str) -> None:
    cleaned = clean_html(markup)

    assert clean_html(cleaned) == cleaned
    assert_is_an_articles_markup(cleaned)


@pytest.mark.parametrize(
    ("handed_in", "kept"),
    [
        ("just words", "<p>just words</p>"),
        ("", ""),
        ("<h1><b>Quyết định</b></h1>", "<h2>Quyết định</h2>"),
        ("<h5>x</h5><h6>y</h6>", "<h4>x</h4><h4>y</h4>"),
        ("<b>a</b> <i>b</i>", "<p><strong>a</strong> <em>b</em></p>"),
        ("<div>one<div>two</div>three</div>", "<p>one</p><p>two</p><p>three</p>"),
        ("<section>a</section><section>b</section>", "<p>a</p><p>b</p>"),
        ("<p>x<blockquote>y</blockquote>z", "<p>x</p><blockquote><p>y</p></blockquote><p>z</p>"),
        ("<p>a</p><p>&nbsp;</p><p><br></p><p><b></b></p><p>b</p>", "<p>a</p><p>b</p>"),
        ("<p><strong>a</strong><strong> b</strong></p>", "<p><strong>a b</strong></p>"),
        ("<ul><li><p>a</p></li><li></li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<li>a</li>", "<p>a</p>"),
        ("<ol start=3 type=a><li>c</li></ol>", '<ol start="3" type="a"><li>c</li></ol>'),
        ("<p align=center style='color:red' class=x>a</p>", "<p>a</p>"),
        ("e\u0302\u0323", "<p>\u1ec7</p>"),
        ("<figure><img src=/files/a.webp alt='Cầu'><figcaption>Cầu mới</figcaption></figure>",) * 2,
        ("<a href=/vi/tin/>tin</a>", '<p><a href="/vi/tin/">tin</a></p>'),
        ("<a href='mailto:a@b.vn'>m</a>", '<p><a href="mailto:a@b.vn">m</a></p>'),
        ("<a href='tel:+84900'>m</a>", '<p><a href="tel:+84900">m</a></p>'),
        ("<a href=http://a.b target=_top>x</a>", '<p><a href="http://a.b" rel="noopener noreferrer">x</a></p>'),
        (
            "<table><td rowspan=2>a<td></table>",
            '<table><tbody><tr><td rowspan="2">a</td><td></td></tr></tbody></table>',
        ),
        ("<table><tr><td> </td></tr></table>", ""),
        ("<a href=#footnote-1 id=footnote-ref-1>1</a>", '<p><a href="#footnote-1" id="footnote-ref-1">1</a></p>'),
    ],
)
def test_markup_becomes_an_articles_markup(handed_in: str, kept: str) -> None:
    assert clean_html(handed_in) == kept.replace("src=/files/a.webp alt='Cầu'", 'src="/files/a.webp" alt="Cầu"')


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
        "<img src=//evil.example/files/a.png>",
        "<img src=https://evil.example/files/a.png>",
        "<img src=/files/../sign-out>",
        "<img src='/files//evil.example/a'>",
        "<a href=' java\tscript:alert(1)'></a>",
        "<a href=//evil.example></a>",
        "<a href='/\\evil.example'></a>",
        "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
        "<iframe src=https://evil.example></iframe>",
        "<object data=x></object><embed src=x>",
        "<style>@import 'https://evil.example'</style>",
        "<link rel=stylesheet href=x><meta http-equiv=refresh content=0><base href=//evil.example>",
        "<p style='background:url(javascript:alert(1))' onclick=alert(1) id=search></p>",
        "<form action=//evil.example><input name=csrf></form>",
        "<!--[if gte mso 9]><xml><o:x/></xml><![endif]-->",
    ],
)
def test_nothing_of_an_attack_remains(attack: str) -> None:
    assert clean_html(f"<p>before</p>{attack}<p>after</p>") == "<p>before</p><p>after</p>"


@pytest.mark.parametrize("harmless", ['{"$ne": 1}', "{{ 7*7 }}", "${7*7}", "' OR 1=1 --", "%00", "<%= 1 %>"])
def test_text_that_means_something_elsewhere_stays_text(harmless: str) -> None:
    assert plain_text(clean_html(harmless.replace("<", "&lt;"))) == harmless


def test_a_picture_without_description_says_so_to_screen_readers() -> None:
    assert clean_html("<img src=/files/a.webp>") == '<p><img src="/files/a.webp" alt=""></p>'


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style></head><body>
<!--StartFragment--><p class=MsoNormal style='mso-margin-top-alt:auto'><b><span lang=VI style='font-size:14.0pt'>Kính
gửi:</span></b><span style='mso-spacerun:yes'>&nbsp; </span>UBND tỉnh<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>Một<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>a)</span>Hai</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Ba</p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<table class=MsoTableGrid border=1><tr style='height:1cm'><td width=312 colspan=2 valign=top><p class=MsoNormal
align=center><b>Cột</b></p></td></tr></table><!--EndFragment--></body></html>"""


def test_what_is_pasted_from_word_comes_out_clean() -> None:
    assert clean_html(WORD) == (
        "<p><strong>Kính gửi:</strong> UBND tỉnh</p>"
        '<ul><li>Một<ol type="a"><li>Hai</li></ol></li><li>Ba</li></ul>'
        '<table><tbody><tr><td colspan="2"><strong>Cột</strong></td></tr></tbody></table>'
    )


def test_what_is_pasted_from_google_docs_keeps_its_marks() -> None:
    pasted = (
        '<b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:700">đậm</span>'
        '<span style="font-weight:400"> thường </span><span style="font-style:italic">nghiêng</span></p></b>'
    )

    assert clean_html(pasted) == "<p><strong>đậm</strong> thường <em>nghiêng</em></p>"


def test_a_number_stays_with_its_word_and_other_no_break_spaces_go() -> None:
    assert (
        clean_html("Điều&nbsp;10,&nbsp;dài&nbsp;50&nbsp;km&nbsp;&nbsp;nữa")
        == "<p>Điều\u00a010, dài\u00a050\u00a0km nữa</p>"
    )


def test_markup_nested_without_end_keeps_its_words() -> None:
    deep = "<blockquote>" * 5000 + "words" + "</blockquote>" * 5000

    cleaned = clean_html(deep)

    assert plain_text(cleaned) == "words"
    assert clean_html(cleaned) == cleaned


@pytest.mark.parametrize(
    "maze", ["<div>", "<ul><li>", "<b>", "<table><tr><td>", "</i><font>", "".join(f"<x{n}>" for n in range(9))]
)
def test_markup_that_would_keep_a_parser_busy_for_minutes_keeps_its_words_at_once(maze: str) -> None:
    assert clean_html("before " + maze * 50_000 + "after") == "<p>before after</p>"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Sở \t Y\n tế ", "Sở Y tế"),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", "Tiếng Việt"),
        ("a\x00b\x1bc\u202ed\u200be\ufefff\ud800", "abcdef"),
        ("\u00a0", ""),
        ("<b>bold</b>", "<b>bold</b>"),
    ],
)
def test_a_plain_field_is_one_line_of_composed_letters(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@given(st.text())
def test_cleaning_a_plain_field_twice_is_cleaning_it_once(typed: str) -> None:
    assert clean_text(clean_text(typed)) == clean_text(typed)


def test_plain_text_has_a_line_for_each_block_and_cell() -> None:
    markup = "<h2>A &amp; B</h2><p>c<br>d <em>e</em></p><table><tbody><tr><td>f</td><td>g</td></tr></tbody></table>"

    assert plain_text(markup) == "A & B\nc\nd e\nf\ng"


def word_item(level: int, marker: str, text: str) -> str:
    ignored = f"<span style='mso-list:Ignore'>{marker}</span>"
    return f"<p class=MsoListParagraph style='mso-list:l0 level{level} lfo1'>{ignored}{text}</p>"


@pytest.mark.parametrize(
    ("items", "kept"),
    [
        ([(1, "1.", "a"), (1, "2.", "b")], "<ol><li>a</li><li>b</li></ol>"),
        ([(1, "3.", "c"), (1, "4.", "d")], '<ol start="3"><li>c</li><li>d</li></ol>'),
        ([(1, "-", "a"), (1, "1.", "b")], "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ([(1, "1.", "a"), (3, "·", "b"), (1, "2.", "c")], "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ([(2, "·", "a"), (1, "·", "b")], "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ([(1, "A.", "a")], '<ol type="A"><li>a</li></ol>'),
    ],
)
def test_words_list_paragraphs_become_lists_as_they_were_numbered(items: list[tuple[int, str, str]], kept: str) -> None:
    assert clean_html("\n".join(word_item(*item) for item in items)) == kept
