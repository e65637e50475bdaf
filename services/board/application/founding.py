"""Setting the board up from the province's decision, until its people take over."""

from infra.kernel.act import Act
from infra.kernel.verdicts import Refusal, Verdict
from services.board.application.log import BoardLog, already
from services.board.domain.board import BOARD_ID, Board
from services.board.domain.office import Office, office_id
from services.board.profile import BoardProfile, Seat


class Founding:
    """What set-up does in the capacity `system`."""

    def __init__(self, log: BoardLog, profile: BoardProfile) -> None:
        self._log = log
        self._profile = profile

    def found(self, province: str, *, act: Act) -> Verdict:
        """Found the board and its seats, in one commit (QD2461 Đ1); a second time adds only seats that are new."""
        known = self._log.find(Board, BOARD_ID)
        board = known or Board.found(province, self._profile.founding(act.at), act=act)
        if isinstance(board, Refusal):
            return self._log.answer(board, act=act, command="found")
        seats = [self._established(seat, act) for seat in self._profile.seats(act.at) if not self._exists(seat)]
        refusal = next((seat for seat in seats if isinstance(seat, Refusal)), None)
        offices = [seat for seat in seats if isinstance(seat, Office)]
        return self._log.settle(board, refusal, act=act, command="found", together_with=offices)

    def open(self, *, act: Act) -> Verdict:
        """End the setting-up; opening twice changes nothing (QD2461 Đ1)."""
        board = self._log.load(Board, BOARD_ID)
        if board.opened:
            return already(board)
        return self._log.settle(board, board.open(act=act), act=act, command="open")

    def _exists(self, seat: Seat) -> bool:
        return self._log.find(Office, office_id(seat.capacity)) is not None

    def _established(self, seat: Seat, act: Act) -> Office | Refusal:
        return Office.establish(seat.capacity, seat.clause, act=act)
