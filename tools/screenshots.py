"""Pictures of the plugin at every step, taken in a real window with a simulated sample."""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import napari
import numpy as np
from napari._qt.dialogs.qt_notification import NapariQtNotification
from PIL import Image
from qtpy.QtCore import QEvent, QEventLoop, QTimer
from qtpy.QtWidgets import QApplication

import napari_mmfusion as mmf
from napari_mmfusion.plugin.dock.window import open_dock
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.qt.napari_versions import fit_to_view

SIZE = 1280, 720
SETTLING = 800  # ms
LAYOUTS = 5  # nested, from a setting to the scroll area
PHOTOGRAPHED_ITERATION = 5


STEPS = {"lattice": ("load", "run", "compare", "refuse", "trust"), "core-shell": ("auto",)}


class Photographer:
    """A window with the dock, and the folder its pictures go to."""

    def __init__(self, folder: Path, theme: str) -> None:
        self.folder = folder
        self.viewer = napari.Viewer()
        self.viewer.theme = theme
        self.viewer.window.resize(*SIZE)
        self.dock = open_dock(self.viewer)

    def take(self, name: str) -> None:
        """Save a picture of the window, with few colours so that the file is small."""
        for _ in range(LAYOUTS):  # each would wait for a painting, which is slow with Mesa
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        wait_until(lambda: False, SETTLING)
        path = self.folder / f"plugin-{name}.png"
        self.viewer.window.screenshot(str(path), canvas_only=False, flash=False)
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(
                method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
            )
        small.save(path, optimize=True)
        print(f"{path}: {path.stat().st_size // 1000} kB")

    def show(self, sample: str) -> None:
        """Show a sample."""
        add_layers(self.viewer, mmf.simulate(sample, shape=(160, 160), counts=30))
        QApplication.processEvents()  # the canvas takes its final size
        fit_to_view(self.viewer)

    def load(self) -> None:
        """Picture the layers after loading."""
        self.take("loaded")

    def auto(self) -> None:
        """Press Auto, fuse, and show the curves and the maps."""
        self.dock.auto.button.click()
        wait_until(lambda: not self.dock.auto.busy)
        self.dock.run()
        self.wait_for_result()
        self.dock.compare.mode.value = "Grid"
        self.take("auto")

    def run(self) -> None:
        """Fuse, with a picture on the way."""
        session = self.dock.session

        def hold() -> None:
            if len(self.dock.curves.costs) == PHOTOGRAPHED_ITERATION:
                session.pause(True)

        session.iterated.connect(hold)
        self.dock.run()
        wait_until(lambda: len(self.dock.curves.costs) >= PHOTOGRAPHED_ITERATION)
        self.take("running")
        session.iterated.disconnect(hold)
        session.pause(False)
        self.wait_for_result()
        self.take("finished")

    def wait_for_result(self) -> None:
        """Wait until a run has ended and its layers have their contrast and thumbnails."""
        session = self.dock.session
        wait_until(lambda: not (session.busy or session.unsettled))

    def compare(self) -> None:
        """Picture every mode of comparison."""
        self.dock.compare_section.expand()
        for mode in ("Overlay", "Grid", "Swipe", "Difference"):
            self.dock.compare.mode.value = mode
            self.take(mode.lower())
        self.dock.compare.mode.value = "None"
        explore = self.dock.compare.tools.explore
        explore.native.click()
        wait_until(lambda: explore.enabled)
        self.take("explorer")
        explore.native.click()
        self.dock.compare_section.collapse()

    def trust(self) -> None:
        """Picture residuals and bootstrap."""
        self.dock.trust_section.expand()
        trust = self.dock.trust
        for tool in ("residuals", "bootstrap"):
            trust.buttons[tool].click()
            wait_until(lambda: not trust.busy)
            self.take(tool)
        self.dock.trust_section.collapse()

    def refuse(self) -> None:
        """Picture the notice about a file without a HAADF image."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "maps.npz"
            np.savez(path, Sc=np.eye(8), O=np.eye(8))
            self.dock.loader.load([str(path)])
            wait_until(lambda: not self.dock.loader.busy)
        for notice in self.viewer.window._qt_window.findChildren(NapariQtNotification):
            notice.toggle_expansion()
        self.take("refused")
        for notice in self.viewer.window._qt_window.findChildren(NapariQtNotification):
            notice.close()


def wait_until(reached: Callable[[], bool], at_most: int = 60_000) -> None:
    """Let the window work until `reached` is true, or for `at_most` milliseconds."""
    loop, clock = QEventLoop(), QTimer()
    clock.timeout.connect(lambda: loop.quit() if reached() else None)
    clock.start(5)
    QTimer.singleShot(at_most, loop.quit)
    loop.exec()


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("docs/images"))
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for sample, steps in STEPS.items():
        photographer = Photographer(options.folder, options.theme)
        photographer.show(sample)
        for step in steps:
            getattr(photographer, step)()
        photographer.viewer.close()


if __name__ == "__main__":
    main()
