"""Terms as events hold them: instants as ISO 8601 texts in UTC, an open end as None."""

from datetime import UTC, datetime

from infra.kernel.authority import Term


def written(instant: datetime) -> str:
    """Return the text of an instant."""
    return instant.astimezone(UTC).isoformat()


def term_as_record(term: Term) -> dict[str, str | None]:
    """Return what an event stores of a term."""
    return {"since": written(term.since), "until": written(term.until) if term.until else None}


def read_term(since: str, until: str | None) -> Term:
    """Return the term that an event holds."""
    return Term(datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None)


def cut(term: Term, until: str) -> Term:
    """Return the term with another end."""
    return Term(term.since, datetime.fromisoformat(until))
