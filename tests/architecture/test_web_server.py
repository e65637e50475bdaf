"""What nginx is told agrees with what the portal says of itself."""

import re
from pathlib import Path

from infra.web.posted import MEBIBYTE, Bounds

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "infra" / "deploy" / "nginx" / "nginx.conf"


def test_a_form_that_the_portal_takes_is_not_refused_before_it() -> None:
    staff = CONFIGURATION.read_text(encoding="utf-8").partition("listen 8081;")[2]
    (most,) = re.findall(r"client_max_body_size (\d+)m;", staff)
    assert Bounds().all_bytes < int(most) * MEBIBYTE <= Bounds().all_bytes + 2 * MEBIBYTE
