"""The verifier compares a saved page with what is proven: whole paragraphs, and only those that a reader sees."""

from pathlib import Path

import pytest

from gateway.pages.item_page import item_page
from gateway.pages.rendering import Renderer
from gateway.pages.site import Site
from tests.builders.carried_away import kept, run, verifier
from tests.builders.published import a_text, an_item, published
from tests.builders.receipts import PaperLog

BODY = "<h2>Mức phí</h2><p>Phí 50.</p><ul><li>Một &amp; hai</li><li>Ba<br>bốn <em>năm</em>.</li></ul>"
TEXT = a_text("Phí & lệ phí", "Từ 01/01", BODY)


@pytest.fixture
def log() -> PaperLog:
    return PaperLog()


@pytest.fixture
def renderer() -> Renderer:
    return Renderer(Site.load(Path("profiles/binh-phuoc"), "http://portal.example"))


def test_a_saved_page_is_compared_word_for_word(
    log: PaperLog, renderer: Renderer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = item_page(renderer, "vi", an_item(log.events[3])).decode()
    receipt = kept(tmp_path, log.receipt(3, 11))

    assert run(capsys, receipt, "--item", kept(tmp_path, page, "page.html")) == (0, [])
    changed = page.replace("<p>Nội dung.</p>", "<p>Nội dung khác.</p>")
    code, wrong = run(capsys, receipt, "--item", kept(tmp_path, changed, "page.html"))
    assert (code, len(wrong)) == (1, 1)
    assert "Nội dung." in wrong[0]


def a_page(body: str = BODY, head: str = "<h1>Phí &amp; lệ phí</h1><p>Từ 01/01</p>") -> str:
    return (
        f"<html><head><title>Phí</title></head><body><nav>Phí</nav><main>{head}<div>{body}</div></main></body></html>"
    )


def test_a_page_as_the_portal_makes_it_and_one_with_other_spaces_and_tags_in_its_lines_pass(renderer: Renderer) -> None:
    pictured = TEXT | {"body": f'{BODY}<p>Trước<img src="/files/{"0" * 64}" alt="x"> sau</p>'}
    told = published(1, texts={"vi": pictured})

    verifier.check_page(item_page(renderer, "vi", an_item(told)).decode(), pictured)
    verifier.check_page(a_page(), TEXT)
    verifier.check_page(a_page(BODY.replace("Phí 50.", "\n Phí\n<b>5</b>0.\n")), TEXT)


FORGED = {
    "more digits": a_page(BODY.replace("50.", "50.000 đồng.")),
    "more digits in another element": a_page(BODY.replace("50.", "50.<b>000</b> đồng.")),
    "more words": a_page(BODY.replace("Phí 50.", "Không còn đúng: Phí 50. Nay là 70.")),
    "a longer title": a_page(head="<h1>Phí &amp; lệ phí mới</h1><p>Từ 01/01</p>"),
    "a paragraph between": a_page(BODY.replace("<ul>", "<p>Nay là 70.</p><ul>")),
    "another order": a_page("<p>Phí 50.</p>" + BODY.replace("<p>Phí 50.</p>", "")),
    "outside of the main part": f"{a_page('<p>Khác.</p>')}<p>Phí 50.</p>",
    "a main part in a script": a_page("Khác").replace("<nav>", f"<script>'<main>{a_page()}'</script><nav>"),
}
UNSEEN = [
    "<template>{}</template>",
    "<template/>{}</template>",
    "<noscript>{}</noscript>",
    "<script type='text/plain'>{}</script>",
    "<style>{}</style>",
    "<div hidden>{}</div>",
    "<div hidden='until-found'><div>x</div>{}</div>",
    "<section style='color: red; Display : none'>{}</section>",
    "<div style='visibility:hidden'>{}</div>",
    "<dialog>{}</dialog>",
    "<iframe>{}</iframe>",
    "<!-- {} -->",
]


@pytest.mark.parametrize("how", FORGED)
def test_a_page_that_says_something_else_around_the_proven_words_is_refused(how: str) -> None:
    with pytest.raises(verifier.Wrong):
        verifier.check_page(FORGED[how], TEXT)


@pytest.mark.parametrize("around", UNSEEN)
def test_what_nobody_sees_on_a_page_is_not_shown(around: str) -> None:
    with pytest.raises(verifier.Wrong):
        verifier.check_page(a_page("<p>Khác.</p>" + around.format(BODY)), TEXT)
    with pytest.raises(verifier.Wrong):
        verifier.check_page(a_page("<p>Khác.</p>", around.format(f"<h1>Phí</h1>{BODY}")), TEXT)

    verifier.check_page(a_page(around.format("Khác") + BODY), TEXT)
