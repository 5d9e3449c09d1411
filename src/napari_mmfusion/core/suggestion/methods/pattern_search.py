"""The search of settings on levels: to the best neighbour until there is no better one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field

from napari_mmfusion.core.parameters import FusionParameters

Levels = Mapping[str, Sequence[float]]
Score = Callable[[Sequence[FusionParameters]], Sequence[float]]
Scores = dict[FusionParameters, float]


@dataclass
class PatternSearch:
    """Tries settings, each once.

    Attributes
    ----------
    levels : mapping of str to sequence of float
        The levels of each parameter, in ascending order.
    score : callable
        Scores parameters, several at a time; the lower the better.
    scores : dict
        What was tried, with its score.
    """

    levels: Levels
    score: Score
    scores: Scores = field(default_factory=dict)

    @property
    def best(self) -> FusionParameters:
        """The parameters with the lowest score; of equal ones, those tried first."""
        return min(self.scores, key=self.scores.__getitem__)

    def ranked(self) -> list[FusionParameters]:
        """The parameters tried, the best first."""
        return sorted(self.scores, key=self.scores.__getitem__)

    def run(
        self, start: FusionParameters, first: Sequence[Mapping[str, float]] = ({},)
    ) -> Generator[list[FusionParameters], None, None]:
        """Try `start` with each of the `first` changes, then go downhill; yield what was tried."""
        yield self.try_all([start.replace(**change) for change in first])
        middle = None
        while middle != self.best:
            middle = self.best
            yield self.try_all(self._neighbours(middle))

    def try_all(self, fusions: Sequence[FusionParameters]) -> list[FusionParameters]:
        """Score those that are new, and return them."""
        new = [each for each in dict.fromkeys(fusions) if each not in self.scores]
        self.scores |= dict(zip(new, self.score(new), strict=True))
        return new

    def _neighbours(self, middle: FusionParameters) -> list[FusionParameters]:
        """The next levels of one parameter at a time."""
        near = []
        for name, levels in self.levels.items():
            value = getattr(middle, name)
            at = min(range(len(levels)), key=lambda i: abs(levels[i] - value))
            near += [
                middle.replace(**{name: levels[i]})
                for i in (at - 1, at + 1)
                if 0 <= i < len(levels)
            ]
        return near
