"""The table of methods, and the search that most of its lines use."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.suggestion.methods import compare
from napari_mmfusion.core.suggestion.methods.pattern_search import PatternSearch
from napari_mmfusion.core.suggestion.methods.region import richest_region
from napari_mmfusion.core.suggestion.methods.table import METHODS, Method, by_pattern

LEVELS = {
    "guided_tv": [1.0, 2.0, 4.0, 8.0, 16.0],
    "guided_haadf": [0.0, 1.0, 10.0, 100.0],
}


def test_a_pattern_search_ends_where_no_neighbour_is_better() -> None:
    asked = []

    def score(fusions: Any) -> list[float]:
        asked.extend(fusions)
        return [
            (np.log2(each.guided_tv) - 3) ** 2 + 0.1 * abs(each.guided_haadf - 1)
            for each in fusions
        ]

    search = PatternSearch(LEVELS, score)
    start = mmf.FusionParameters(guided_tv=1, guided_haadf=100)
    tried = [each for batch in search.run(start) for each in batch]
    assert (search.best.guided_tv, search.best.guided_haadf) == (8, 1)
    assert tried == asked == list(search.scores)
    assert len(set(asked)) == len(asked) < 20
    assert search.ranked()[0] == search.best


def test_a_method_is_entered_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Method("smooth", partial(by_pattern, {"solver": "converged"}, {}, [{}]), (), 1)
    monkeypatch.setattr(compare, "METHODS", (line, *METHODS))
    data = mmf.simulate("core-shell", shape=(48, 48), counts=10, seed=61)
    choice = mmf.suggest(data, solver="auto", n_iter=5).choice
    assert choice is not None
    assert [score.name for score in choice.scores][2:] == [
        "smooth",
        *(method.name for method in METHODS),
    ]
    assert choice.score("smooth").mean > choice.score(choice.method).mean


def test_every_setting_of_a_method_is_a_parameter() -> None:
    for method in METHODS:
        assert set(method.settings) <= set(mmf.FusionParameters.names())


def test_the_region_holds_what_is_rarest() -> None:
    rng = np.random.default_rng(0)
    common, rare = rng.random((200, 300)), 0.01 * rng.random((200, 300))
    rare[150:170, 20:50] += 1
    data = mmf.FusionDataset(common, {"O": common, "Fe": rare})
    rows, columns = richest_region(data, 10_000)
    assert rows.start <= 150 < 170 <= rows.stop
    assert columns.start <= 20 < 50 <= columns.stop
    assert (rows.stop - rows.start) * (columns.stop - columns.start) <= 10_500
    assert richest_region(data, 60_000) == (slice(0, 200), slice(0, 300))


def test_large_images_are_searched_in_part_and_judged_whole() -> None:
    data = mmf.simulate("core-shell", shape=(160, 200), counts=5, seed=62)
    with compare.Arena(data, 0, 2, mmf.StopFlag()) as arena:
        assert all(part.scored.size <= 17_000 for part in arena.searched)
        assert all(part.scored.shape == data.shape for part in arena.holdouts)
        (losses,) = arena.losses([mmf.FusionParameters(solver="guided")])
    assert losses.shape == (3, len(arena.holdouts) * 160 * 200)
