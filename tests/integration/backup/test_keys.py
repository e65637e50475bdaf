"""A backup holds every key that has signed one of its entries, and whole pairs of keys: or it is given up and says so."""

from pathlib import Path

import pytest

from infra.backup.archive import Archive
from infra.backup.stores import Stores
from infra.backup.taking import KeyChangedError, Taking
from tests.integration.backup.test_taking_and_restoring import Service

pytestmark = pytest.mark.servers


@pytest.mark.parametrize(
    "moment",
    ["audit/monitor.key", "content_log.events", "secrets/audit-log.key", "secrets/audit-log.pub"],
    ids=["before the cut", "after the cut", "between the halves of a pair", "after both"],
)
def test_a_backup_during_which_the_key_is_changed_is_given_up(
    province: Stores, taking: Taking, tmp_path: Path, moment: str
) -> None:
    Service(province).act()
    changed = []

    def change(line: str) -> None:
        if line.endswith(moment):
            changed.append(line)
            for half in ("key", "pub"):
                (taking.var_dir / "secrets" / f"audit-log.{half}").write_text(f"next {half}", encoding="ascii")

    taking.tell = change
    if moment == "audit/monitor.key":
        taking.into(tmp_path / "copies" / "one")
        kept = {part.file: part for part in Archive(tmp_path / "copies" / "one").manifest.parts}
        copied = b"".join(Archive(tmp_path / "copies" / "one").pieces(kept["secrets/audit-log.key"]))
        assert copied == b"next key"
        return
    with pytest.raises(KeyChangedError, match="take the backup again"):
        taking.into(tmp_path / "copies" / "one")

    assert changed
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_key_that_goes_while_keys_are_copied_gives_the_backup_up(
    province: Stores, taking: Taking, tmp_path: Path
) -> None:
    Service(province).act()
    previous = taking.var_dir / "secrets" / "audit-log.previous.key"
    previous.write_text("previous", encoding="ascii")
    taking.tell = lambda line: previous.unlink(missing_ok=True) if line.endswith("audit-log.key") else None

    with pytest.raises(KeyChangedError):
        taking.into(tmp_path / "copy")

    taking.tell = lambda _line: None
    taking.into(tmp_path / "copy")
