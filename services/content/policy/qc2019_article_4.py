"""QC2019 Điều 4: what the head of the board answers for."""

from infra.kernel import offices
from infra.kernel.verdicts import Refusal
from services.content.policy.facts import Actor, Step


def paragraph_6_head_decides_publication(actor: Actor) -> Refusal | None:
    """Đ4.6: the head decides the publication of any item, at any step (C1: beside the normal path of QC2024 Đ10)."""
    if actor.capacity == offices.HEAD:
        return None
    return Refusal("QC2019 Đ4.6", "only_the_head_decides", on_authority=True)


def paragraph_6_nothing_stopped_is_published(stopped: bool) -> Refusal | None:  # noqa: FBT001 (a fact, named at the call)
    """Đ4.6: what the head has stopped stays unpublished until the head lets it go on."""
    return Refusal("QC2019 Đ4.6", "stopped_by_the_head") if stopped else None


def paragraph_6_published_is_what_the_head_saw(present: str, seen: str) -> Refusal | None:
    """Đ4.6: the head decides over exactly the bytes that were shown."""
    return None if present == seen else Refusal("QC2019 Đ4.6", "content_changed_meanwhile")


def paragraph_6_is_not_public_yet(step: Step) -> Refusal | None:
    """Đ4.6: deciding on publication concerns what is on its way, not what is public or withdrawn."""
    if step not in (Step.PUBLISHED, Step.WITHDRAWN):
        return None
    return Refusal("QC2019 Đ4.6", "not_at_this_step", facts={"step": step})
