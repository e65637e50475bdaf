"""The page that tells other systems what they may hear is what the golden files say."""

from tests.contracts.messages_page import PAGE, page


def test_the_page_of_messages_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_what_is_published_and_withdrawn_is_public() -> None:
    public = [line.split("`")[1] for line in page().splitlines() if "| yes |" in line]

    assert public == ["content.article.published", "content.article.withdrawn"]
