"""Every act on an item that is ordered by one button: who sees it when, what it asks, and which use case it calls."""

from collections.abc import Mapping

from infra.kernel import offices
from infra.web.forms import Form
from infra.web.languages import msg
from services.content.policy.facts import Sensitivity, Step
from services.content.policy.qc2019_article_7 import ATTESTATIONS
from services.content.queries import Item
from services.content.ui import action_forms as asks
from services.content.ui.action import Action


def _at(*steps: Step) -> frozenset[Step]:
    return frozenset(steps)


def _attested(value: asks.Attestation) -> list[str]:
    return [each for each in ATTESTATIONS if getattr(value, f"attest_{each}")]


def _bilingual(vietnamese: str, english: str) -> Mapping[str, str]:
    return {language: text for language, text in (("vi", vietnamese), ("en", english)) if text}


def _special(item: Item) -> bool:
    return item.sensitivity == Sensitivity.SPECIAL


def _published_before(item: Item) -> bool:
    return item.edition > 0


_ON_THE_WAY = _at(Step.EDITING, Step.CLEARING, Step.PUBLISHING)

SEND = Action(
    name="send",
    label=msg("Send to the secretary"),
    explains=msg("You attest the content with your name. The secretary can edit it, send it back or clear it."),
    said=msg("The item is with the secretary."),
    clause="QC2024 Đ10.1b-1",
    capacity=offices.CONTENT_TEAM,
    steps=_at(Step.EDITING),
    carry=lambda app, o: app.send(o.article, o.version, _attested(o.value), act=o.act),
    form=Form("send", asks.Attestation),
)
RECALL = Action(
    name="recall",
    label=msg("Take it back"),
    explains=msg("The item returns to step 1, because the secretary has not cleared it yet."),
    said=msg("The item is back at step 1."),
    clause="QC2024 Đ10.1b-1",
    capacity=offices.CONTENT_TEAM,
    steps=_at(Step.CLEARING),
    carry=lambda app, o: app.recall(o.article, o.version, act=o.act),
    tone="quiet",
)
CLEAR = Action(
    name="clear",
    label=msg("Clear for the standing deputy"),
    explains=msg("Your approval is bound to exactly the content shown. Any later change needs a new one."),
    said=msg("The item is with the standing deputy."),
    clause="QC2024 Đ10.1b-2",
    capacity=offices.SECRETARY,
    steps=_at(Step.CLEARING),
    carry=lambda app, o: app.clear(o.article, o.version, o.seen, act=o.act),
)
PUBLISH = Action(
    name="publish",
    label=msg("Publish"),
    explains=msg("Exactly the content that was cleared becomes public, at once and in every language that it has."),
    said=msg("The item is published."),
    clause="QC2024 Đ10.1b-3",
    capacity=offices.STANDING_DEPUTY,
    steps=_at(Step.PUBLISHING),
    carry=lambda app, o: app.publish(o.article, o.version, o.seen, act=o.act),
)
PUBLISH_FOR = Action(
    name="publish-for",
    label=msg("Publish on behalf of the standing deputy"),
    explains=msg("Possible under a delegation in force today. The public record names both offices and the decision."),
    said=msg("The item is published on behalf of the standing deputy."),
    clause="QC2024 Đ10.1b-3",
    capacity=offices.SECRETARY,
    steps=_at(Step.PUBLISHING),
    carry=lambda app, o: app.publish(o.article, o.version, o.seen, act=o.act),
    on_behalf_of=offices.STANDING_DEPUTY,
)
RETURN_TO_TEAM = Action(
    name="return-to-team",
    label=msg("Send back to the content team"),
    explains=msg("The team sees your reason and edits again."),
    said=msg("The item is back with the content team."),
    clause="QC2024 Đ10.1b-2",
    capacity=offices.SECRETARY,
    steps=_at(Step.CLEARING),
    carry=lambda app, o: app.send_back(o.article, o.version, Step.EDITING, o.value.reason, act=o.act),
    form=Form("return-to-team", asks.Reasoned),
    tone="quiet",
)
RETURN = Action(
    name="return",
    label=msg("Send back"),
    explains=msg("The step that you choose sees your reason and begins again."),
    said=msg("The item is sent back."),
    clause="QC2024 Đ10.1b-3",
    capacity=offices.STANDING_DEPUTY,
    steps=_at(Step.PUBLISHING),
    carry=lambda app, o: app.send_back(o.article, o.version, Step(o.value.to_step), o.value.reason, act=o.act),
    form=Form("return", asks.Return),
    tone="quiet",
)
AGREE = Action(
    name="agree",
    label=msg("Agree to publication"),
    explains=msg("You have consulted the board on this sensitive item. Your agreement is bound to the content shown."),
    said=msg("Your agreement is recorded."),
    clause="QC2024 Đ10.2",
    capacity=offices.HEAD,
    steps=_ON_THE_WAY,
    carry=lambda app, o: app.agree_by_the_head(o.article, o.version, o.seen, o.value.board_view, act=o.act),
    form=Form("agree", asks.Agreement),
    when=lambda item: item.sensitivity != Sensitivity.ORDINARY,
)
HEAD_PUBLISHES = Action(
    name="publish-by-head",
    label=msg("Publish by decision of the head"),
    explains=msg("The head decides the publication of any item, whatever step it is at."),
    said=msg("The item is published by decision of the head."),
    clause="QC2019 Đ4.6",
    capacity=offices.HEAD,
    steps=_ON_THE_WAY,
    carry=lambda app, o: app.publish_by_the_head(o.article, o.version, o.seen, act=o.act),
    tone="quiet",
)
STOP = Action(
    name="stop",
    label=msg("Stop it"),
    explains=msg("Nobody can publish the item until you let it go on."),
    said=msg("The item is stopped."),
    clause="QC2019 Đ4.6",
    capacity=offices.HEAD,
    steps=_ON_THE_WAY,
    carry=lambda app, o: app.stop(o.article, o.version, o.value.reason, act=o.act),
    form=Form("stop", asks.Reasoned),
    tone="danger",
    when=lambda item: not item.stopped,
)
RELEASE = Action(
    name="release",
    label=msg("Let it go on"),
    explains=msg("The item goes on from the step at which it was stopped."),
    said=msg("The item may go on."),
    clause="QC2019 Đ4.6",
    capacity=offices.HEAD,
    steps=_ON_THE_WAY,
    carry=lambda app, o: app.release(o.article, o.version, o.value.reason, act=o.act),
    form=Form("release", asks.Reasoned),
    when=lambda item: item.stopped,
)
CORRECT = Action(
    name="correct",
    label=msg("Correct it"),
    explains=msg("A new edition goes through the same three steps. The public one stays until then."),
    said=msg("The correction is open at step 1."),
    clause="QC2019 Đ7.5",
    capacity=offices.CONTENT_TEAM,
    steps=_at(Step.PUBLISHED),
    carry=lambda app, o: app.begin_correction(
        o.article, o.version, o.value.reason, _bilingual(o.value.change_note_vi, o.value.change_note_en), act=o.act
    ),
    form=Form("correct", asks.Correction),
    tone="quiet",
)
ABANDON = Action(
    name="abandon",
    label=msg("Give the correction up"),
    explains=msg("The item is again what is public; what was edited since stays in the record only."),
    said=msg("The correction is given up."),
    clause="QC2019 Đ7.5",
    capacity=offices.CONTENT_TEAM,
    steps=_at(Step.EDITING),
    carry=lambda app, o: app.abandon_correction(o.article, o.version, act=o.act),
    tone="quiet",
    when=_published_before,
)


def _flagging(name: str, capacity: str) -> Action:
    return Action(
        name=name,
        label=msg("Mark its sensitivity"),
        explains=msg(
            "Unclear, sensitive or complex information waits until the head, the board consulted, has agreed."
        ),
        said=msg("The item is marked."),
        clause="QC2024 Đ10.2",
        capacity=capacity,
        steps=_ON_THE_WAY,
        carry=lambda app, o: app.flag(
            o.article, o.version, Sensitivity(o.value.sensitivity), o.value.reason, act=o.act
        ),
        form=Form("flag", asks.Flagging),
        tone="quiet",
    )


def _opinion(name: str, capacity: str) -> Action:
    return Action(
        name=name,
        label=msg("Record the chairman's opinion"),
        explains=msg("In a special case the opinion of the province chairman comes before publication."),
        said=msg("The opinion is recorded."),
        clause="QC2024 Đ10.2",
        capacity=capacity,
        steps=_ON_THE_WAY,
        carry=lambda app, o: app.record_opinion(
            o.article, o.version, o.value.number, favourable=o.value.favourable, act=o.act
        ),
        form=Form("opinion", asks.Opinion),
        when=_special,
    )


def _withdrawal(name: str, capacity: str) -> Action:
    return Action(
        name=name,
        label=msg("Withdraw it"),
        explains=msg("Its text stays readable, marked as withdrawn, with your explanation above it."),
        said=msg("The item is withdrawn."),
        clause="QC2019 Đ7.5",
        capacity=capacity,
        steps=frozenset(set(Step) - {Step.WITHDRAWN}),
        carry=lambda app, o: app.withdraw(
            o.article, o.version, _bilingual(o.value.explanation_vi, o.value.explanation_en), act=o.act
        ),
        form=Form("withdraw", asks.Explanation),
        tone="danger",
        when=_published_before,
    )


ACTIONS = {
    action.name: action
    for action in (
        SEND,
        CLEAR,
        PUBLISH,
        PUBLISH_FOR,
        AGREE,
        HEAD_PUBLISHES,
        RELEASE,
        CORRECT,
        _opinion("opinion", offices.STANDING_DEPUTY),
        _opinion("opinion-secretary", offices.SECRETARY),
        RETURN_TO_TEAM,
        RETURN,
        RECALL,
        _flagging("flag", offices.CONTENT_TEAM),
        _flagging("flag-secretary", offices.SECRETARY),
        _flagging("flag-deputy", offices.STANDING_DEPUTY),
        ABANDON,
        STOP,
        _withdrawal("withdraw", offices.STANDING_DEPUTY),
        _withdrawal("withdraw-head", offices.HEAD),
    )
}
"""Every action by the name in its address, in the order in which the buttons stand."""


def publishes(action: Action) -> bool:
    """Tell whether the act is the step to publication, which sensitive and stopped items do not pass (QC2024 Đ10.2)."""
    return action in (PUBLISH, PUBLISH_FOR)
