"""The parameters used last, kept between sessions.

napari 0.9 keeps them on a page of its Preferences; for earlier versions there is a small file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import platformdirs
from napari import settings as napari_settings

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.io.naming import printable

PLUGIN = "napari-mmfusion"

_AUTOMATIC = "automatic"
_NOT_KEPT = ("atomic_numbers", "weights")  # they belong to one data set


def load_parameters() -> FusionParameters:
    """The parameters used last; values that are not valid are left at their defaults."""
    stored = _stored()
    params = FusionParameters()
    for name in _names():
        if name in stored:
            try:
                params = params.replace(**{name: _as_value(name, stored[name])})
            except (MMFusionError, ValueError):
                continue
    return params


def load_automatic() -> bool:
    """Whether the method was automatic last, as it is at first."""
    return bool(_stored().get(_AUTOMATIC, True))


def save_parameters(params: FusionParameters, *, automatic: bool = False) -> None:
    """Keep parameters for the next session, and whether the method was automatic.

    Raises
    ------
    MMFusionError
        If they cannot be written.
    """
    values = {name: _as_kept(name, getattr(params, name)) for name in _names()}
    values[_AUTOMATIC] = automatic
    page = _napari_page()
    try:
        if page is None:
            file = settings_file()
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values, indent=2), encoding="utf-8")
            return
        for name, value in values.items():
            if getattr(page, name) != value:  # every assignment is written to the disk
                setattr(page, name, value)
    except OSError as error:
        reason = printable(str(error), 200)
        raise MMFusionError(f"the parameters could not be kept for next time: {reason}") from error


def settings_file() -> Path:
    """The file that keeps the parameters with versions of napari before 0.9."""
    return Path(platformdirs.user_config_dir(PLUGIN)) / "parameters.json"


def _names() -> list[str]:
    return [name for name in FusionParameters.names() if name not in _NOT_KEPT]


def _napari_page() -> Any | None:
    """The plugin's page of settings in napari, if this version has one."""
    get = getattr(napari_settings, "get_plugin_settings", None)
    try:
        return None if get is None else get(PLUGIN).parameters
    except (AttributeError, KeyError):  # the plugin is not registered, as when it is disabled
        return None


def _stored() -> dict[str, Any]:
    page = _napari_page()
    return _from_file() if page is None else page.model_dump()


def _from_file() -> dict[str, Any]:
    try:
        stored = json.loads(settings_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _as_kept(name: str, value: object) -> object:
    """Numbers as text, because napari's Preferences round them to two decimals."""
    if FusionParameters.info(name).kind != "number":
        return value
    return "" if value is None else repr(value)


def _as_value(name: str, kept: object) -> object:
    if FusionParameters.info(name).kind != "number" or not isinstance(kept, str):
        return kept
    return float(kept) if kept.strip() else None
