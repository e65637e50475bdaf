"""No service escapes the audit log."""

from pathlib import Path

from infra.local.processes import SERVICES
from services.audit.bootstrap import AUDITED

ROOT = Path(__file__).parents[3]


def test_every_service_with_a_log_is_audited() -> None:
    with_a_door = {path.parent.name for path in ROOT.glob("services/*/service.py")}

    assert set(AUDITED) == set(SERVICES) == with_a_door


def test_every_audited_service_is_heard() -> None:
    door = (ROOT / "services/audit/service.py").read_text(encoding="utf-8")

    assert all(f'@consume("{service}"' in door for service in AUDITED)
