"""What lists and forms call channels, kinds, decisions, steps and sensitivities."""

from infra.kernel import offices
from infra.web.languages import msg
from services.content.policy.facts import Decision, Sensitivity, Step

NEWSROOM = (offices.CONTENT_TEAM, offices.SECRETARY, offices.STANDING_DEPUTY, offices.DEPUTY, offices.HEAD)
"""Who sees what is not public yet."""

CHANNELS = {
    "post": msg("By post"),
    "document-system": msg("Document system"),
    "email": msg("E-mail"),
    "zalo": msg("Collaborators' Zalo group"),
}
KINDS = {
    "news": msg("News"),
    "announcement": msg("Announcement"),
    "direction": msg("Direction and administration"),
    "legal-document": msg("Legal document"),
    "introduction": msg("Introduction"),
}
DECISIONS = {
    Decision.PENDING.value: msg("Waiting for a decision"),
    Decision.ACCEPTED.value: msg("Accepted"),
    Decision.DECLINED.value: msg("Refused"),
}
STEPS = {
    Step.EDITING.value: msg("Step 1: editing"),
    Step.CLEARING.value: msg("Step 2: with the secretary"),
    Step.PUBLISHING.value: msg("Step 3: with the standing deputy"),
    Step.PUBLISHED.value: msg("Published"),
    Step.WITHDRAWN.value: msg("Withdrawn"),
}
TONES = {
    Step.EDITING.value: "plain",
    Step.CLEARING.value: "info",
    Step.PUBLISHING.value: "waiting",
    Step.PUBLISHED.value: "good",
    Step.WITHDRAWN.value: "bad",
    Decision.PENDING.value: "waiting",
    Decision.ACCEPTED.value: "good",
    Decision.DECLINED.value: "bad",
}
SENSITIVITIES = {
    Sensitivity.ORDINARY.value: msg("Ordinary"),
    Sensitivity.SENSITIVE.value: msg("Sensitive: waits for the head"),
    Sensitivity.SPECIAL.value: msg("Special: waits for the province chairman"),
}
SENSITIVITY_MARKS = {
    Sensitivity.ORDINARY.value: msg("Ordinary"),
    Sensitivity.SENSITIVE.value: msg("Sensitive"),
    Sensitivity.SPECIAL.value: msg("Special"),
}
"""How sensitive an item is, in a word."""
HAPPENED = {
    "content.submission.recorded": msg("Recorded what arrived"),
    "content.submission.accepted": msg("Accepted the submission"),
    "content.submission.declined": msg("Refused the submission"),
    "content.submission.person_erased": msg("Erased the contact person"),
    "content.article.drafted": msg("Began the item"),
    "content.article.revised": msg("Edited the content"),
    "content.article.sent": msg("Attested it and sent it to the secretary"),
    "content.article.recalled": msg("Took it back"),
    "content.article.returned": msg("Sent it back"),
    "content.article.cleared": msg("Cleared it for the standing deputy"),
    "content.article.flagged": msg("Marked its sensitivity"),
    "content.article.head_agreed": msg("Agreed, the board consulted"),
    "content.article.opinion_recorded": msg("Recorded the province chairman's opinion"),
    "content.article.stopped": msg("Stopped it"),
    "content.article.released": msg("Let it go on"),
    "content.article.published": msg("Published it"),
    "content.article.correction_begun": msg("Began a correction"),
    "content.article.correction_abandoned": msg("Gave the correction up"),
    "content.article.withdrawn": msg("Withdrew it"),
}
APPROVALS = {
    "attested": msg("The content team attests it"),
    "cleared": msg("The secretary has cleared it"),
    "head_agreed": msg("The head agrees, the board consulted"),
    "chairman_agreed": msg("The province chairman agrees"),
}
"""What must be there before publication."""
BASELINES = {
    "returned": msg("Since it was sent back"),
    "sent": msg("Since the team sent it"),
    "public": msg("Against the public edition"),
}
"""What the present content is compared with."""
ATTESTED = {
    "accuracy": msg("accurate"),
    "lawfulness": msg("lawful"),
    "no_state_secret": msg("no state secret"),
}
"""What was attested, in a word."""
