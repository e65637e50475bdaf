"""Every sentence on a page has its words in Vietnamese, every refusal in both languages."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from infra.web.languages import Catalogues, Formats
from infra.web.rendering import fill
from infra.web.words import missing

ROOT = Path(__file__).parents[3]
HOMES = {
    **{home: home.parent for home in sorted(ROOT.glob("services/*/ui"))},
    ROOT / "infra/web": ROOT / "infra/web",
    ROOT / "infra/operations/ui": ROOT / "infra/operations",
    ROOT / "gateway": ROOT / "gateway",
    ROOT / "tests/builders/newsroom": ROOT / "tests/builders/newsroom",
}
"""Each folder with pages, and the folder whose refusals they show."""


@pytest.mark.parametrize(
    "home", [home for home in HOMES if (home / "locale").is_dir()], ids=lambda home: str(home.relative_to(ROOT))
)
def test_no_translation_is_missing(home: Path) -> None:
    assert missing(home, HOMES[home]) == []


def test_a_missing_translation_is_found(tmp_path: Path) -> None:
    home = tmp_path / "ui"
    (home / "templates").mkdir(parents=True)
    (home / "templates" / "page.html").write_text('{{ _("Hello") }} {{ pgettext("state", "lost") }}')
    (home / "pages.py").write_text('from infra.web.languages import msg\nSAID = msg("Bye")\n')
    (tmp_path / "rules.py").write_text('def rule():\n    return Refusal("QC2024 Đ1", "not_today", "day")\n')

    lines = "\n".join(missing(home, tmp_path))

    for word in ("Hello", "state|'lost'", "Bye", "refusal|'not_today'"):
        assert word in lines
    assert lines.count("not_today") == 2


def test_dates_numbers_and_sizes_are_written_as_each_language_does() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    vi, en = Formats("vi", zone), Formats("en", zone)
    midnight_before = datetime(2025, 11, 19, 17, 30, tzinfo=UTC)

    assert vi.date(date(2025, 11, 20)) == vi.date(midnight_before) == "20/11/2025"
    assert (vi.moment(midnight_before), en.moment(midnight_before)) == ("00:30, 20/11/2025", "20 Nov 2025, 00:30")
    assert (vi.number(1234567.5), en.number(1234567.5)) == ("1.234.567,5", "1,234,567.5")
    assert (vi.bytes(1536 * 1024), en.bytes(900), vi.bytes(50 * 1024**2)) == ("1,5 MB", "900 B", "50 MB")


def test_facts_fill_a_sentence_and_an_absent_one_leaves_its_slot() -> None:
    vi = Formats("vi", ZoneInfo("Asia/Ho_Chi_Minh"))
    facts = {
        "n": 1500,
        "on": "2025-11-20",
        "at": "2025-11-20T01:30:00+00:00",
        "limit_bytes": 1024,
        "t": "{n}.__class__",
    }

    sentence = fill("{n} {on} {at} {limit_bytes} {t} {missing} {0} {n.real}", facts, vi)

    assert sentence == "1.500 20/11/2025 08:30, 20/11/2025 1 kB {n}.__class__ {missing} {0} {n.real}"


def test_a_parts_own_word_counts_before_the_frames(tmp_path: Path) -> None:
    (tmp_path / "vi.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Save"\nmsgstr "Cất"\n'
    )

    words = Catalogues.load(tmp_path, ROOT / "infra/web/locale").words("vi")

    assert (words.gettext("Save"), words.gettext("Cancel")) == ("Cất", "Hủy bỏ")
