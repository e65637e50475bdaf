"""QC2024 Điều 9: what information holds and in which form."""

from collections.abc import Collection, Mapping

from infra.kernel.verdicts import Refusal

TITLE_LENGTH_MAX = 300
SUMMARY_LENGTH_MAX = 1_000
BODY_LENGTH_MAX = 1_000_000
"""Limits in characters; our own, so that lists, feeds and commit documents stay readable."""


def paragraph_1_section_is_one_of_the_portal(section: str, sections: Collection[str]) -> Refusal | None:
    """Đ9.1, Đ4.3a: an item belongs to a section that the portal has."""
    return None if section in sections else Refusal("QC2024 Đ9.1", "section_unknown", "section")


def paragraph_1_kind_fits_the_section(kind: str, kinds: Collection[str]) -> Refusal | None:
    """Đ9.1: what an item is fits the section that it stands in."""
    return None if kind in kinds else Refusal("QC2024 Đ9.1", "kind_not_of_section", "kind")


def paragraph_1_has_a_title_and_a_text(texts: Mapping[str, Mapping[str, str]]) -> Refusal | None:
    """Đ9.1, Đ4.3: an item has a Vietnamese title and text; another language, once begun, is whole."""
    for language in ("vi", *(other for other in texts if other != "vi")):
        text = texts.get(language, {})
        for part in ("title", "body"):
            if not text.get(part):
                return Refusal("QC2024 Đ9.1", f"{part}_missing", f"{part}_{language}")
    return None


def paragraph_2_fits_the_form(texts: Mapping[str, Mapping[str, str]]) -> Refusal | None:
    """Đ9.2: titles, summaries and texts keep the lengths that the presentation allows, the last character included."""
    limits = {"title": TITLE_LENGTH_MAX, "summary": SUMMARY_LENGTH_MAX, "body": BODY_LENGTH_MAX}
    for language, text in texts.items():
        for part, limit in limits.items():
            if len(text[part]) > limit:
                return Refusal("QC2024 Đ9.2", "text_too_long", f"{part}_{language}", {"limit": limit})
    return None


def paragraph_2_pictures_are_described(cover: str | None, cover_alt: str) -> Refusal | None:
    """Đ9.2: a picture has a description for those who cannot see it (WCAG 2.1 1.1.1)."""
    return Refusal("QC2024 Đ9.2", "cover_alt_missing", "cover_alt_vi") if cover and not cover_alt else None
