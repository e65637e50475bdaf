"""How a line of the bench is measured: rounds of ours and of its control in turn, and a verdict on the medians."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

Round = Callable[[], float]

ROUNDS = 5
ATTEMPTS = 5
DRIFT_ALLOWED = 0.20


def _nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What a line must reach: a ratio to its control or, without control, a figure in the line's unit."""

    sense: Literal[">=", "<="]
    limit: float

    def is_reached_by(self, figure: float) -> bool:
        return figure >= self.limit if self.sense == ">=" else figure <= self.limit


@dataclass(frozen=True, slots=True)
class Case:
    """One line: `ours` and `control` each measure one round in `unit`.

    `warm_up` is for what is slower the first time; `attempts` for what takes too long to be measured often.
    `drift_allowed`: how far the control's last round may be from its first, as a share, before the line means nothing.
    """

    name: str
    unit: str
    ours: Round
    control: Round | None
    bar: Bar
    inverse: bool = False
    rounds: int = ROUNDS
    drift_allowed: float = DRIFT_ALLOWED
    warm_up: bool = True
    attempts: int = ATTEMPTS
    setup: Callable[[], None] = field(default=_nothing)


@dataclass(frozen=True, slots=True)
class Rounds:
    """The figures of one side, in the order in which they were measured."""

    figures: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.figures)

    @property
    def drift(self) -> float:
        """How far the last round is from the first, as a share of the first."""
        first, last = self.figures[0], self.figures[-1]
        return abs(last - first) / first if first else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured of a case."""

    bench: str
    title: str
    case: Case
    ours: Rounds
    control: Rounds | None

    @property
    def ratio(self) -> float | None:
        if self.control is None:
            return None
        ours, control = self.ours.median, self.control.median
        return control / ours if self.case.inverse else ours / control

    @property
    def is_void(self) -> bool:
        """Tell whether the machine was too unsteady for the figures to mean anything."""
        return self.control is not None and self.control.drift > self.case.drift_allowed

    @property
    def passes(self) -> bool:
        figure = self.ours.median if self.ratio is None else self.ratio
        return not self.is_void and self.case.bar.is_reached_by(figure)


def measure(bench: str, title: str, case: Case) -> Line:
    """Measure a case, again while the machine is unsteady, and return the last measurement."""
    case.setup()
    line = _measure_once(bench, title, case)
    for _ in range(case.attempts - 1):
        if not line.is_void:
            break
        line = _measure_once(bench, title, case)
    return line


def _measure_once(bench: str, title: str, case: Case) -> Line:
    ours: list[float] = []
    control: list[float] = []
    for number in range(0 if case.warm_up else 1, case.rounds + 1):
        warming_up = number == 0
        if case.control is not None:
            figure = case.control()
            control += [] if warming_up else [figure]
        figure = case.ours()
        ours += [] if warming_up else [figure]
    return Line(bench, title, case, Rounds(tuple(ours)), Rounds(tuple(control)) if control else None)
