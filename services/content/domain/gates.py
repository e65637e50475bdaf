"""Which rules each act on an item must pass, in the order in which a person would want to hear of them."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from infra.kernel.verdicts import Refusal, first_refusal
from services.content.messages import Content
from services.content.policy import (
    qc2019_article_4,
    qc2019_article_5,
    qc2019_article_7,
    qc2024_article_7,
    qc2024_article_9,
)
from services.content.policy import qc2024_article_10 as article_10
from services.content.policy.facts import Actor, Consultation, Sensitivity, Standards, Step

if TYPE_CHECKING:
    from services.content.domain.article import Article


def part(step: Step, actor: Actor) -> Refusal | None:
    """Ask whether the actor holds today the capacity whose step this is."""
    return first_refusal(
        article_10.paragraph_1b_acts_in_a_capacity_held(actor),
        article_10.paragraph_1b_step_is_done_by_its_part(step, actor),
    )


def stands_at(article: "Article", step: Step) -> Refusal | None:
    """Ask whether the item stands at the step."""
    return article_10.paragraph_1b_is_at(step, Step(article.step))


def step(article: "Article", at: Step, actor: Actor) -> Refusal | None:
    """Ask whether the actor may do the step, and the item stands at it."""
    return first_refusal(part(at, actor), stands_at(article, at))


def whole(article: "Article", standards: Standards) -> Refusal | None:
    """Ask whether the content is complete and fits the portal's standards (QC2024 Đ7, Đ9)."""
    content = article.content
    return first_refusal(
        qc2024_article_9.paragraph_1_has_a_title_and_a_text(content["texts"]),
        qc2024_article_9.paragraph_2_fits_the_form(content["texts"]),
        qc2024_article_9.paragraph_1_section_is_one_of_the_portal(content["section"], standards.sections),
        qc2024_article_9.paragraph_1_kind_fits_the_section(
            content["kind"], standards.sections.get(content["section"], frozenset())
        ),
        qc2024_article_9.paragraph_2_pictures_are_described(content["cover"], content["cover_alt"].get("vi", "")),
        qc2024_article_7.paragraph_6_source_is_official(content["source"], standards.sources),
        qc2024_article_7.paragraph_10_names_its_author(content["author"]),
    )


def writing(content: Content, actor: Actor) -> Refusal | None:
    """Ask whether the team may begin an item of its own (QC2024 Đ10.4)."""
    return first_refusal(
        article_10.paragraph_1b_acts_in_a_capacity_held(actor),
        article_10.paragraph_4_own_products_begin_at_step_1(actor),
        qc2024_article_9.paragraph_2_fits_the_form(content.as_record()["texts"]),
    )


def sending(article: "Article", attested: Collection[str], standards: Standards, actor: Actor) -> Refusal | None:
    """Ask whether the item may leave step 1 (QC2024 Đ10.1b-1)."""
    return first_refusal(
        step(article, Step.EDITING, actor),
        whole(article, standards),
        qc2019_article_7.paragraph_4_editor_attests_before_sending(attested),
    )


def clearing(article: "Article", seen: str, standards: Standards, actor: Actor) -> Refusal | None:
    """Ask whether the item may leave step 2 (QC2024 Đ10.1b-2)."""
    return first_refusal(
        step(article, Step.CLEARING, actor),
        article_10.paragraph_1b_somebody_else_did_step_1(actor, article.sender),
        whole(article, standards),
        article_10.paragraph_1b_step_2_what_is_cleared_was_seen(article.content_hash, seen),
    )


def publishing(article: "Article", seen: str, actor: Actor) -> Refusal | None:
    """Ask whether the item may be published (QC2024 Đ10.1b-3, Đ10.2)."""
    return first_refusal(
        article_10.paragraph_1b_acts_in_a_capacity_held(actor),
        article_10.paragraph_1b_step_3_standing_deputy_publishes(actor),
        stands_at(article, Step.PUBLISHING),
        article_10.paragraph_1b_somebody_else_did_step_1(actor, article.sender),
        article_10.paragraph_1b_step_3_what_is_published_was_cleared(article.cleared_hash, article.content_hash, seen),
        qc2019_article_4.paragraph_6_nothing_stopped_is_published(article.stopped),
        article_10.paragraph_2_sensitive_waits_for_the_head(consultation(article)),
        article_10.paragraph_2_special_waits_for_the_chairman(consultation(article)),
    )


def publishing_by_the_head(article: "Article", seen: str, standards: Standards, actor: Actor) -> Refusal | None:
    """Ask whether the head may publish the item now (QC2019 Đ4.6); the chairman's opinion comes first all the same."""
    return first_refusal(
        article_10.paragraph_1b_acts_in_a_capacity_held(actor),
        qc2019_article_4.paragraph_6_head_decides_publication(actor),
        qc2019_article_4.paragraph_6_is_not_public_yet(Step(article.step)),
        whole(article, standards),
        qc2019_article_4.paragraph_6_published_is_what_the_head_saw(article.content_hash, seen),
        article_10.paragraph_2_special_waits_for_the_chairman(consultation(article)),
    )


def halting(article: "Article", reason: str, actor: Actor) -> Refusal | None:
    """Ask whether the head may stop the item or let it go on (QC2019 Đ4.6)."""
    return first_refusal(
        article_10.paragraph_1b_acts_in_a_capacity_held(actor),
        qc2019_article_4.paragraph_6_head_decides_publication(actor),
        qc2019_article_4.paragraph_6_is_not_public_yet(Step(article.step)),
        article_10.paragraph_1b_return_gives_a_reason(reason),
    )


def flagging(article: "Article", wanted: Sensitivity, reason: str, actor: Actor) -> Refusal | None:
    """Ask whether the item may be marked so (QC2024 Đ10.2)."""
    return first_refusal(
        article_10.paragraph_1b_acts_in_a_capacity_held(actor),
        article_10.paragraph_2_is_flagged_by_those_who_moderate(actor),
        article_10.paragraph_2_is_marked_down_by_the_standing_deputy(actor, Sensitivity(article.sensitivity), wanted),
        article_10.paragraph_1b_return_gives_a_reason(reason),
    )


def agreeing(article: "Article", seen: str, board_view: str, actor: Actor) -> Refusal | None:
    """Ask whether the head may agree to these bytes (QC2024 Đ10.2)."""
    return first_refusal(
        article_10.paragraph_1b_acts_in_a_capacity_held(actor),
        article_10.paragraph_2_the_head_decides(actor),
        article_10.paragraph_2_the_board_was_consulted(board_view),
        qc2019_article_4.paragraph_6_published_is_what_the_head_saw(article.content_hash, seen),
    )


def recording_an_opinion(article: "Article", number: str, actor: Actor) -> Refusal | None:
    """Ask whether the chairman's opinion may be recorded (QC2024 Đ10.2)."""
    return first_refusal(
        article_10.paragraph_1b_acts_in_a_capacity_held(actor),
        article_10.paragraph_2_opinion_is_recorded_by_its_receivers(actor),
        article_10.paragraph_2_opinion_is_asked_for_in_special_cases(Sensitivity(article.sensitivity)),
        article_10.paragraph_2_opinion_is_a_document(number),
    )


def correcting(article: "Article", reason: str, change_note: Mapping[str, str], actor: Actor) -> Refusal | None:
    """Ask whether a published item may be opened for correction (QC2019 Đ7.5)."""
    return first_refusal(
        part(Step.EDITING, actor),
        qc2019_article_7.paragraph_5_is_public(Step(article.step)),
        article_10.paragraph_1b_return_gives_a_reason(reason),
        qc2019_article_7.paragraph_5_correction_tells_readers(change_note.get("vi", "")),
    )


def withdrawing(article: "Article", explanation: Mapping[str, str], actor: Actor) -> Refusal | None:
    """Ask whether what is public may be withdrawn (QC2019 Đ7.5, Đ5.2)."""
    return first_refusal(
        article_10.paragraph_1b_acts_in_a_capacity_held(actor),
        qc2019_article_5.paragraph_2_withdraws_who_answers_for_content(actor),
        qc2019_article_7.paragraph_5_corrects_what_is_public(article.edition),
        qc2019_article_7.paragraph_5_is_withdrawn_once(Step(article.step)),
        qc2019_article_7.paragraph_5_withdrawal_explains(explanation.get("vi", "")),
    )


def consultation(article: "Article") -> Consultation:
    """Gather what higher levels have said about the present bytes; what they said of other bytes does not count."""
    return Consultation(
        Sensitivity(article.sensitivity),
        head_agreed=article.head_agreed_hash == article.content_hash,
        chairman_agreed=article.chairman_agreed_hash == article.content_hash,
    )
