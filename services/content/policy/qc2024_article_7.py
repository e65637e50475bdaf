"""QC2024 Điều 7: how the portal is run, as far as content is concerned."""

from collections.abc import Collection

from infra.kernel.verdicts import Refusal


def paragraph_6_source_is_official(source: str, register: Collection[str]) -> Refusal | None:
    """Đ7.6: only official sources; nothing is quoted from elsewhere on the network (C2: a register, default deny)."""
    if source in register:
        return None
    return Refusal("QC2024 Đ7.6", "source_not_official", "source")


def paragraph_10_names_its_author(author: str) -> Refusal | None:
    """Đ7.10: re-users must cite author, source and time, so an item names its author."""
    return None if author else Refusal("QC2024 Đ7.10", "author_missing", "author")
