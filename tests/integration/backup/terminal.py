"""Commands as a person at a terminal gives them."""

import subprocess
import sys
from pathlib import Path

from infra.local.mongod import Mongod
from infra.local.places import ROOT
from infra.local.provision import MongoProvision
from infra.settings import environment
from tests.integration.backup.conftest import SERVICES


class Terminal:
    """Runs `python -m infra.backup` for a province, with keys in a folder of its own."""

    def __init__(self, mongod: Mongod, prefix: str, var: Path, witnesses: str = "") -> None:
        provision = MongoProvision(mongod.url, prefix)
        self.var = var
        self._settings = {
            "PROFILE": prefix.replace("_", "-"),
            "VAR_DIR": str(var),
            "MONGO_URL": mongod.url,
            "BACKUP_MONGO_URL": provision.backup(SERVICES, "secret"),
            "AUDIT_VERIFIER_MONGO_URL": provision.verifier(SERVICES, "secret"),
            "WITNESS_DIRS": witnesses,
        }

    def run(self, *arguments: str, module: str = "infra.backup") -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-m", module, *arguments)
        own = {**environment(), **self._settings}
        return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=60)
