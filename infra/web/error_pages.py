"""The page of an error: it needs no store, no session and no script, so that it can always be shown."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from infra.web.errors import Failure, problem, wants_json
from infra.web.going import see_other
from infra.web.kit import LANGUAGE_COOKIE, kit_of
from infra.web.languages import known_language
from infra.web.unsent import unsent


def render_failure(request: Request, failure: Failure) -> Response:
    """Return the failure as a page, as a problem document for programs, or as the redirect that it stands for."""
    if failure.status == 303:  # noqa: PLR2004 - HTTP: see other
        return see_other(request, failure.headers["location"])
    kit = kit_of(request)
    language = known_language(request.cookies.get(LANGUAGE_COOKIE))
    words = kit.catalogues.words(language)
    correlation = str(getattr(request.state, "correlation", ""))
    if wants_json(request):
        return problem(failure, words.gettext, correlation)
    values = {
        "failure": failure,
        "unsent": unsent(request),
        "title": words.gettext(failure.title),
        "advice": words.gettext(failure.advice),
        "correlation": correlation,
        "portal": kit.house.name[language],
        "portal_short": kit.house.short_name[language],
    }
    html = kit.templates.render(language, "web/error.html", values)
    return HTMLResponse(html, failure.status, dict(failure.headers))
