"""A job in a session, with its output layers and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from napari_mmfusion.plugin.qt.work.activity import Activity
from napari_mmfusion.plugin.run.job import Job
from napari_mmfusion.plugin.run.shown.outputs import OutputLayers


@dataclass(eq=False)
class Run:
    """A job in a session, with its output layers and what became of it.

    Attributes
    ----------
    job : Job
        The fusion.
    outputs : OutputLayers
        The layers it writes.
    images : object
        The images it fuses; see `DataChoice.images`.
    name : str
        What the data set is called.
    announced : bool
        Whether `Session.started` was emitted; never for a live fusion.
    failed : bool
        Whether something went wrong, which is reported once.
    activity : Activity or None
        Its progress bar.
    """

    job: Job
    outputs: OutputLayers
    images: object = None
    name: str = ""
    announced: bool = False
    failed: bool = False
    activity: Activity | None = None
