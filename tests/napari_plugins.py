"""The plugins, for tests without a window; a window finds them itself."""

from __future__ import annotations


def discover_plugins() -> None:
    """Let npe2 find all plugins once.

    Not by napari's own function: it would fail when a window of another test was there before.
    """
    import npe2

    manager = npe2.PluginManager.instance()
    if "napari-mmfusion" not in manager:
        manager.discover()
