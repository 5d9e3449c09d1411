"""What a choice of method found, and known backgrounds, in the HDF5 file of a result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from napari_mmfusion.core.choice import Choice, Gain, Gate, Hidden, MethodScore, Outcome
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.io import layout
from napari_mmfusion.io.items import OpenFile
from napari_mmfusion.io.naming import quoted

_GAINS = ("over_raw", "over_gaussian", "over_tv")


def choice_attributes(result: FusionResult) -> dict[str, Any]:
    """The choice and the backgrounds, in JSON; None where there are none."""
    choice, backgrounds = result.choice, dict(result.data.backgrounds)
    return {
        layout.CHOICE: None if choice is None else json.dumps(_plain(choice)),
        layout.BACKGROUNDS: json.dumps(backgrounds) if backgrounds else None,
    }


def read_choice(file: OpenFile, data: FusionDataset) -> Choice | None:
    """The choice that led to a result, if there was one.

    Raises
    ------
    MMFusionReadError
        If it is damaged, or not of the maps of the result.
    """
    stored = _read(file, layout.CHOICE)
    if stored is None:
        return None
    try:
        choice = _choice(stored)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _damaged(layout.CHOICE) from error
    elements = set(data.elements)
    judged = [{gate.element for gate in choice.gates}, *(set(s.losses) for s in choice.scores)]
    if any(names != elements for names in judged):
        raise _damaged(layout.CHOICE)
    return choice


def read_backgrounds(file: OpenFile) -> Mapping[str, float]:
    """The known backgrounds of the maps.

    Raises
    ------
    MMFusionReadError
        If they are damaged.
    """
    stored = _read(file, layout.BACKGROUNDS)
    if stored is None:
        return {}
    if not all(isinstance(value, int | float) for value in stored.values()):
        raise _damaged(layout.BACKGROUNDS)
    return stored


def _plain(choice: Choice) -> dict[str, Any]:
    return {
        "method": choice.method,
        "hidden": choice.hidden,
        "scores": [
            {
                "name": score.name,
                "losses": dict(score.losses),
                "settings": {name: _number(value) for name, value in score.settings.items()},
            }
            for score in choice.scores
        ],
        "gates": [
            {"element": gate.element, "outcome": gate.outcome}
            | {name: list(getattr(gate, name)) for name in _GAINS}
            for gate in choice.gates
        ],
        "reasons": [str(reason) for reason in choice.reasons],
    }


def _number(value: object) -> object:
    return value if isinstance(value, str | bool | int) else float(value)  # type: ignore[arg-type]  # a setting is a number or a word


def _choice(stored: dict[str, Any]) -> Choice:
    known = stored["hidden"] in get_args(Hidden) and all(
        gate["outcome"] in get_args(Outcome) for gate in stored["gates"]
    )
    if not known:
        raise ValueError("a choice of another version")
    return Choice(
        str(stored["method"]),
        stored["hidden"],
        tuple(
            MethodScore(
                str(score["name"]),
                {str(name): float(loss) for name, loss in score["losses"].items()},
                dict(score["settings"]),
            )
            for score in stored["scores"]
        ),
        tuple(
            Gate(
                str(gate["element"]),
                gate["outcome"],
                *(Gain(*map(float, gate[name])) for name in _GAINS),
            )
            for gate in stored["gates"]
        ),
        tuple(map(str, stored["reasons"])),
    )


def _read(file: OpenFile, name: str) -> dict[str, Any] | None:
    text = file.attribute(name)
    if text is None:
        return None
    try:
        stored = json.loads(str(text))
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        raise _damaged(name)
    return stored


def _damaged(name: str) -> MMFusionReadError:
    return MMFusionReadError(f"attribute {quoted(name)}: is damaged; save the result again")
