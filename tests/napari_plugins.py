"""The plugins, for tests without a window; a window finds them itself."""

from __future__ import annotations


def discover_plugins() -> None:
    """Let npe2 find all plugins once.

    napari's function would fail if another test had opened a window before.
    """
    import npe2

    manager = npe2.PluginManager.instance()
    if "napari-mmfusion" not in manager:
        manager.discover()
