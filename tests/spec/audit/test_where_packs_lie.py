"""Packs lie where backups do not look, and where the containers keep them."""

from pathlib import Path

from services.audit.bootstrap import PACKS

PORTAL = "/srv/portal/var"


def test_packs_lie_apart_from_the_checkpoints_which_backups_take_in() -> None:
    assert PACKS.parts[0] != "audit"


def test_packs_lie_on_a_volume_of_their_own_in_containers() -> None:
    compose = Path("docker-compose.yml").read_text(encoding="utf-8")
    dockerfile = Path("Dockerfile").read_text(encoding="utf-8")

    assert f'"packs:{PORTAL}/{PACKS}"' in compose
    assert f" var/{PACKS} " in dockerfile
