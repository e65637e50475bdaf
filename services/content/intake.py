"""What belongs to a submission besides its record: the item that it becomes, and the person behind it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from infra.documents.clean_html import clean_text
from infra.kernel.act import Act
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from infra.read_store.people import People
from services.content.application import ContentApplication
from services.content.composing import Composition, Typed, compose
from services.content.domain.submission import Submission
from services.content.material import Material
from services.content.messages import Attachment, LegalDocument
from services.content.policy.facts import Received

LEGAL_DOCUMENT = "legal-document"


def person_key(submission_id: UUID) -> str:
    """Return under which key the person behind a submission is kept."""
    return f"submission/{submission_id}"


class Intake:
    """Takes in what was handed in, carries it over into an item, and forgets who handed it in."""

    def __init__(self, application: ContentApplication, material: Material, people: People) -> None:
        self._application = application
        self._material = material
        self._people = people

    def receive(self, submission_id: UUID, received: Received, person: str, *, act: Act) -> Verdict:
        """Write down what came in, and apart from it who is behind it (QC2024 Đ10.1a); `person` may be empty.

        Nobody is kept for a submission that is refused, and nothing brings back who was erased.
        """
        if not person or self._is_known(submission_id):
            return self._application.receive(submission_id, received, act=act)
        hashed = self._people.put(person_key(submission_id), {"name": person})
        verdict = self._application.receive(submission_id, replace(received, person_hash=hashed), act=act)
        if isinstance(verdict, Refusal) and not self._is_known(submission_id):
            self._people.erase(person_key(submission_id))
        return verdict

    def erase_person(self, submission_id: UUID, ground: str, *, act: Act) -> Verdict:
        """Forget the person behind a submission; ordered again after an interruption, it ends what was begun."""
        verdict = self._application.erase_person(submission_id, ground, act=act)
        if isinstance(verdict, Accepted):
            self._people.erase(person_key(submission_id))
        return verdict

    def accept(
        self, submission_id: UUID, section: str, source: str, manuscript: str, note: str, *, act: Act
    ) -> Verdict:
        """Accept a submission (QC2024 Đ10.1a). `manuscript` is the file that becomes the text; empty for none."""
        submission = self._application.load(Submission, submission_id)
        body = self._body(submission, manuscript)
        if isinstance(body, Refusal):
            return Refusal("QC2024 Đ9.2", body.code, "manuscript", body.facts)
        composition = Composition(
            kind=submission.classification,
            section=section,
            author=submission.provider,
            source=source,
            source_url="",
            texts={"vi": Typed(submission.title, "", body)},
            cover_alt={},
            keep=tuple(Attachment(**attachment) for attachment in submission.attachments),
            document=_document(submission),
        )
        content = compose(composition, self._material)
        if isinstance(content, Refusal):
            return content
        return self._application.accept(submission_id, content, clean_text(note), act=act)

    def _is_known(self, submission_id: UUID) -> bool:
        return self._application.find(Submission, submission_id) is not None

    def _body(self, submission: Submission, manuscript: str) -> str | Refusal:
        if not manuscript or manuscript not in {each["file"] for each in submission.attachments}:
            return ""
        read = self._material.manuscript(manuscript)
        return read if isinstance(read, Refusal) else read.html


def _document(submission: Submission) -> LegalDocument | None:
    if submission.classification != LEGAL_DOCUMENT:
        return None
    signed_on = date.fromisoformat(submission.document_date).isoformat() if submission.document_date else ""
    return LegalDocument(submission.document_number, submission.provider, signed_on, "")
