"""Our methods, all choices blind: maps, what the gate says of each, intervals of the bootstrap."""

from __future__ import annotations

import time
from typing import Any, Final

import blind_scores
import numpy as np
from blind_cases import Case, regions

import napari_mmfusion as mmf
from napari_mmfusion.core.suggestion.methods.arena import Arena
from napari_mmfusion.core.suggestion.methods.gate import judge
from napari_mmfusion.core.suggestion.methods.references import find_references

REPEATS: Final = 20
TUTORIAL: Final = mmf.FusionParameters()


def measure(case: Case, *, intervals: bool) -> dict[str, Any]:
    """The scores of all our methods."""
    data = case.data
    begin = time.perf_counter()
    suggestion = mmf.suggest(data, solver="auto", threads=1)
    seconds = time.perf_counter() - begin
    choice = suggestion.choice
    assert choice is not None
    methods = {"auto": suggestion.params}
    for name in ("guided", "matched", "tutorial"):
        settings: Any = dict(choice.score(name).settings)
        shown = name if name != "tutorial" else "tutorial, suggested"
        methods[shown] = mmf.FusionParameters(solver=name, **settings)
    methods["tutorial, defaults"] = TUTORIAL
    gates = {"auto": {gate.element: gate.outcome for gate in choice.gates}}
    gates |= _gates(data, {name: p for name, p in methods.items() if name != "auto"})
    found = {}
    for name, params in methods.items():
        result = mmf.fuse(data, params, threads=1)
        maps = {element: result.in_measured_units(element) for element in data.elements}
        found[name] = blind_scores.scores(case, maps) | {"gates": gates[name]}
        # The shape of the fused maps themselves, before amounts are brought back.
        fused = {n: np.asarray(image, np.float64) for n, image in result.maps.items()}
        found[name]["fused errors"] = blind_scores.errors(case, fused)
        if name == "auto":
            found[name] |= {"method": choice.method, "seconds": seconds}
            found[name]["settings"] = dict(suggestion.chosen)
            found[name]["losses"] = {s.name: dict(s.losses) for s in choice.scores}
            if intervals:
                found[name]["intervals"] = _intervals(case, result)
    return found


def _gates(
    data: mmf.FusionDataset, methods: dict[str, mmf.FusionParameters]
) -> dict[str, dict[str, str]]:
    """What the gate says of methods that were not chosen."""
    with Arena(data, 0, 1, mmf.StopFlag()) as arena:
        reference = find_references(arena)
        losses = arena.losses(list(methods.values()))
        return {
            name: {
                gate.element: gate.outcome
                for gate in judge(data, name, each, reference, reference.gaussian)
            }
            for name, each in zip(methods, losses, strict=True)
        }


def _intervals(case: Case, result: mmf.FusionResult) -> list[dict[str, Any]]:
    """The intervals of region means, where the element is present."""
    masks = regions(case)
    state = mmf.bootstrap(result, n=REPEATS, seed=case.seed, regions=masks, threads=1)
    found = []
    for region, mask in masks.items():
        for name, interval in state.regions[region].items():
            truth = float(case.drawn.maps[name][mask].mean())
            if truth <= 0.01 * case.drawn.maps[name].max():
                continue
            raw = float(case.data.maps[name][mask].mean(dtype=np.float64))
            values = {"low": interval.low, "high": interval.high, "truth": truth, "raw": raw}
            found.append({"region": region, "element": name} | values)
    return found
