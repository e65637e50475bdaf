"""The use cases of the board, a file for each aggregate: load, decide, save. From here doors take the values they hand in."""

from services.board.domain.account import account_id
from services.board.domain.collaborator import Engagement
from services.board.domain.decision import PROVINCE_TIME, Decision
from services.board.domain.delegation import Grant
from services.board.domain.erasure import Erasure
from services.board.domain.office import Appointment

__all__ = ["PROVINCE_TIME", "Appointment", "Decision", "Engagement", "Erasure", "Grant", "account_id"]
