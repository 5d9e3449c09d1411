"""A HAADF image and the chemical maps of the same area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from numpy.typing import ArrayLike

from napari_mmfusion.core.checks import check_positive, quote
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import FloatImage, MeasuredImage
from napari_mmfusion.core.reader_notes import ReaderNotes
from napari_mmfusion.core.values import FrozenMapping, are_equal, describe_shape


class FusionDataset:
    """A HAADF image with chemical maps of the same area, on the same pixel grid.

    The arrays are copied, never modified, and matched by name, never by order. Data sets can be
    pickled and copied; two are equal if their images are, bit for bit, and all else they hold.

    Parameters
    ----------
    haadf : (ny, nx) array of any real type
        High-angle annular dark-field image; its contrast must come from the atomic number.
    maps : mapping of name to (ny, nx) array of any real type
        Chemical maps (EDX or EELS), one for each element present.
    pixel_size : float, optional
        Width of a (square) pixel in `unit`.
    unit : str
        Unit of `pixel_size`.
    name : str
        What to call the data in messages and window titles, usually the file's name.
    truth : mapping of name to (ny, nx) array, optional
        The noiseless maps, for simulated data.
    source_sha256 : str, optional
        SHA-256 of the file the data came from, kept in what is saved.
    reader_notes : ReaderNotes, optional
        What the reader of a file guessed, left out or ignored.

    Raises
    ------
    MMFusionDataError
        If shapes differ, an image is empty, not two-dimensional, not real or not finite, or two
        keys make the same name.

    Examples
    --------
    >>> import numpy as np
    >>> haadf, map_ = np.arange(12.0).reshape(3, 4), np.ones((3, 4))
    >>> FusionDataset(haadf, {"Sc": map_, "O": map_}).elements
    ('Sc', 'O')
    """

    def __init__(
        self,
        haadf: ArrayLike,
        maps: Mapping[str, ArrayLike],
        pixel_size: float | None = None,
        unit: str = "pixel",
        *,
        name: str = "",
        truth: Mapping[str, ArrayLike] | None = None,
        source_sha256: str | None = None,
        reader_notes: ReaderNotes | None = None,
    ) -> None:
        named_maps = _by_name("maps", maps)
        if not named_maps:
            raise MMFusionDataError("no chemical map was given; at least one is needed")
        if HAADF in named_maps:
            raise MMFusionDataError(f"a chemical map cannot be called {HAADF!r}; rename it")
        self._haadf = MeasuredImage.from_array(HAADF, haadf)
        self._maps = {
            name: MeasuredImage.from_array(f"map {name!r}", image)
            for name, image in named_maps.items()
        }
        self._require_one_shape(self._maps)
        self._truth: dict[str, MeasuredImage] = {
            name: MeasuredImage.from_array(f"truth of {name!r}", image)
            for name, image in _by_name("truth", truth or {}).items()
        }
        self._require_one_shape(self._truth)
        if pixel_size is not None:
            pixel_size = check_positive("pixel_size", pixel_size, error=MMFusionDataError)
        self.pixel_size = pixel_size
        self.unit = str(unit)
        self.name = name
        self.source_sha256 = source_sha256
        self.reader_notes = reader_notes or ReaderNotes()

    def _require_one_shape(self, images: Mapping[str, MeasuredImage]) -> None:
        if any(image.measured.shape != self.shape for image in images.values()):
            shapes = ", ".join(
                f"{key} {describe_shape(image.measured.shape)}" for key, image in images.items()
            )
            raise MMFusionDataError(
                "all images must have one shape, but HAADF is"
                f" {describe_shape(self.shape)}, {shapes}; crop or resample them to the same grid"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of every image."""
        ny, nx = self._haadf.measured.shape
        return ny, nx

    @property
    def elements(self) -> tuple[str, ...]:
        """Names of the maps, in order."""
        return tuple(self._maps)

    @property
    def haadf(self) -> FloatImage:
        """The HAADF image as measured: (ny, nx) float32, read-only."""
        return self._haadf.measured

    @property
    def maps(self) -> Mapping[str, FloatImage]:
        """The chemical maps as measured: name to (ny, nx) float32, read-only."""
        return FrozenMapping({key: image.measured for key, image in self._maps.items()})

    @property
    def truth(self) -> Mapping[str, FloatImage] | None:
        """The noiseless maps of simulated data, else None."""
        if not self._truth:
            return None
        return FrozenMapping({key: image.measured for key, image in self._truth.items()})

    def images(self) -> Iterator[tuple[str, MeasuredImage]]:
        """All images with what normalises them, the HAADF first."""
        yield HAADF, self._haadf
        yield from self._maps.items()

    def normalised(self, name: str) -> FloatImage:
        """The image called `name` (``"HAADF"`` or a map) with minimum 0 and maximum 1.

        Raises
        ------
        MMFusionDataError
            If there is no such image or all its pixels are equal.
        """
        images = dict(self.images())
        if name not in images:
            raise MMFusionDataError(f"there is no image {name!r}; there are: {', '.join(images)}")
        self.require_contrast((name,))
        return images[name].normalised()

    def select(self, elements: Iterable[str]) -> FusionDataset:
        """The same data with only some maps, in the order asked for; nothing is copied.

        Raises
        ------
        MMFusionDataError
            If a name is missing or given twice; the message lists the maps there are.
        """
        wanted = tuple(elements)
        for key in wanted:
            if key not in self._maps:
                raise MMFusionDataError(
                    f"there is no map {key!r}; there are: {', '.join(self.elements)}"
                )
        if not wanted or len(set(wanted)) != len(wanted):
            raise MMFusionDataError(f"name every element once, not {', '.join(wanted) or 'none'}")
        chosen = object.__new__(FusionDataset)
        chosen.__dict__.update(self.__dict__)
        chosen._maps = {key: self._maps[key] for key in wanted}
        chosen._truth = {key: self._truth[key] for key in wanted if key in self._truth}
        return chosen

    def require_contrast(self, names: Iterable[str]) -> None:
        """Raise for the first image of `names` whose pixels are all equal."""
        images = dict(self.images())
        for name in names:
            if images[name].is_constant:
                value = images[name].offset
                what = "the HAADF image" if name == HAADF else f"map {name!r}"
                cure = "a HAADF image with contrast is needed"
                if name != HAADF:
                    cure = "leave this element out"
                raise MMFusionDataError(
                    f"{what} is constant (every pixel is {value:g}), so it has no scale; {cure}"
                )

    def __eq__(self, other: object) -> bool:
        """Whether images, their order, calibration, name and source are equal, bit for bit."""
        if not isinstance(other, FusionDataset):
            return NotImplemented
        mine, others = ({**each.__dict__, "reader_notes": None} for each in (self, other))
        return self.elements == other.elements and are_equal(mine, others)

    def __hash__(self) -> int:
        """Hash of what cannot change and is quickly read."""
        return hash((self.elements, *((image.offset, image.scale) for _, image in self.images())))

    def __repr__(self) -> str:
        """Name, shape and elements in one line."""
        label = f"{self.name!r}, " if self.name else ""
        return f"FusionDataset({label}{describe_shape(self.shape)}, {', '.join(self.elements)})"


def _by_name(argument: str, images: Mapping[str, ArrayLike]) -> dict[str, ArrayLike]:
    if not isinstance(images, Mapping):
        raise MMFusionDataError(f"{argument} must map names to images, not {quote(images)}")
    named = {str(key): image for key, image in images.items()}
    if len(named) < len(images):
        keys = ", ".join(map(repr, images))
        raise MMFusionDataError(f"{argument} has two keys that make the same name: {keys}")
    return named
