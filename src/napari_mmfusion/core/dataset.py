"""A HAADF image and the chemical maps of the same area."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.checks import check_names, check_positive
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import FloatImage, MeasuredImage
from napari_mmfusion.core.masks import used_pixels
from napari_mmfusion.core.reader_notes import ReaderNotes
from napari_mmfusion.core.values import FrozenMapping, are_equal, describe_shape

if TYPE_CHECKING:
    from napari_mmfusion.core.data_check.finding import Finding


class FusionDataset:
    """A HAADF image with chemical maps of the same area, on the same pixel grid.

    The arrays are copied, never modified, and matched by name, never by order. Data sets can be
    pickled and copied; two are equal if their images are, bit for bit, and all else they hold.
    Images may hold NaN, infinity or pixels that NumPy masks, but no fusion takes them: `cropped`
    and `masked` are the ways out.

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
    mask : (ny, nx) array of bool, optional
        False where nothing was measured; the chemical data of these pixels, which must be finite,
        are left out of every fusion. `masked` makes such data.
    provenance : sequence of str
        What was done to the data since they were measured, one sentence for each step.

    Raises
    ------
    MMFusionDataError
        If shapes differ, an image is empty, not two-dimensional or not real, or two keys make the
        same name.

    See Also
    --------
    napari_mmfusion.check : What is wrong with the data.

    Examples
    --------
    >>> import numpy as np
    >>> haadf, map_ = np.arange(12.0).reshape(3, 4), np.ones((3, 4))
    >>> FusionDataset(haadf, {"Sc": map_, "O": map_}).elements
    ('Sc', 'O')
    """

    def __init__(
        self,
        haadf: ArrayLike | MeasuredImage,
        maps: Mapping[str, ArrayLike | MeasuredImage],
        pixel_size: float | None = None,
        unit: str = "pixel",
        *,
        name: str = "",
        truth: Mapping[str, ArrayLike] | None = None,
        source_sha256: str | None = None,
        reader_notes: ReaderNotes | None = None,
        mask: ArrayLike | None = None,
        provenance: Sequence[str] = (),
    ) -> None:
        named_maps = check_names("maps", maps)
        if not named_maps:
            raise MMFusionDataError("no chemical map was given; at least one is needed")
        if HAADF in named_maps:
            raise MMFusionDataError(f"a chemical map cannot be called {HAADF!r}; rename it")
        self._haadf = MeasuredImage.from_array(HAADF, haadf, allow_missing=True)
        self._maps = {
            name: MeasuredImage.from_array(f"map {name!r}", image, allow_missing=True)
            for name, image in named_maps.items()
        }
        self._require_one_shape(self._maps)
        self._truth: dict[str, MeasuredImage] = {
            name: MeasuredImage.from_array(f"truth of {name!r}", image).rounded()
            for name, image in check_names("truth", truth or {}).items()
        }
        self._require_one_shape(self._truth)
        if pixel_size is not None:
            pixel_size = check_positive("pixel_size", pixel_size, error=MMFusionDataError)
        self.pixel_size = pixel_size
        self.unit = str(unit)
        self.name = name
        self.source_sha256 = source_sha256
        self.reader_notes = reader_notes or ReaderNotes()
        self._mask = None if mask is None else used_pixels(mask, self.shape)
        self.provenance = tuple(map(str, provenance))

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

    @property
    def mask(self) -> NDArray[np.bool_] | None:
        """False where nothing was measured: (ny, nx), read-only; None if all was."""
        return self._mask

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What `napari_mmfusion.check` found, or had found when the data were saved."""
        from napari_mmfusion.core.data_check.check import check

        return check(self)

    def images(self) -> Iterator[tuple[str, MeasuredImage]]:
        """All images with what normalises them, the HAADF first."""
        yield HAADF, self._haadf
        yield from self._maps.items()

    def normalised(self, name: str) -> FloatImage:
        """The image called `name` (``"HAADF"`` or a map) with minimum 0 and maximum 1.

        Raises
        ------
        MMFusionDataError
            If there is no such image, or it is constant or not finite.
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
        wanted = tuple(map(str, elements))
        for key in wanted:
            if key not in self._maps:
                raise MMFusionDataError(
                    f"there is no map {key!r}; there are: {', '.join(self.elements)}"
                )
        if not wanted or len(set(wanted)) != len(wanted):
            raise MMFusionDataError(f"name every element once, not {', '.join(wanted) or 'none'}")
        chosen = self._copy()
        chosen._maps = {key: self._maps[key] for key in wanted}
        chosen._truth = {key: self._truth[key] for key in wanted if key in self._truth}
        return chosen

    def cropped(self, rows: slice | None = None, columns: slice | None = None) -> FusionDataset:
        """A rectangle of the data, by default what is left without the rims of NaN and zeros.

        Such rows and columns, as a registration leaves them, are cut off all images. NaN that are
        scattered over an image stay; see `masked`.

        Parameters
        ----------
        rows, columns : slice, optional
            The part to keep, as in ``data.cropped(slice(0, 34), slice(3, None))``; all rows or all
            columns if only the other is given.

        Returns
        -------
        FusionDataset
            Its fusion is that of cropped images. These data if there is no rim.

        Raises
        ------
        MMFusionDataError
            If nothing would be left.

        Examples
        --------
        >>> import numpy as np
        >>> haadf = np.arange(12.0).reshape(3, 4)
        >>> haadf[:, 0] = np.nan
        >>> FusionDataset(haadf, {"O": np.ones((3, 4))}).cropped().shape
        (3, 3)
        """
        from napari_mmfusion.core.data_check.repairs import cropped

        return cropped(self, rows, columns)

    def masked(self, mask: ArrayLike | None = None) -> FusionDataset:
        """The data without some pixels, by default those that some image does not have.

        These are NaN, infinite, or hold a value that stands for none, such as 1e20. Their chemical
        data are left out of every fusion, and the nearest other pixel takes their place: in all
        images, or, without `mask`, in those that lack them. What a fusion gives there is a guess
        from the HAADF image and the neighbours.

        Parameters
        ----------
        mask : (ny, nx) array of bool, optional
            False at the pixels to leave out. These data are returned if there are none.

        Raises
        ------
        MMFusionDataError
            If no pixel would be left, or `mask` is not of booleans or of another shape.

        Examples
        --------
        >>> import numpy as np
        >>> map_ = np.arange(12.0).reshape(3, 4)
        >>> map_[1, 2] = np.nan
        >>> data = FusionDataset(np.ones((3, 4)), {"O": map_}).masked()
        >>> int(data.mask.sum()), float(data.maps["O"][1, 2]) in (2.0, 5.0, 7.0, 10.0)
        (11, True)
        """
        from napari_mmfusion.core.data_check.repairs import left_out

        return left_out(self, None if mask is None else used_pixels(mask, self.shape))

    def without_spikes(self) -> FusionDataset:
        """The data with every spike, as `napari_mmfusion.check` finds them, replaced.

        Each gets the median of its neighbours. These data are returned if there is no spike.

        Examples
        --------
        >>> import napari_mmfusion as mmf
        >>> data = mmf.simulate("core-shell", shape=(32, 48), counts=10, seed=0)
        >>> data.without_spikes() is data
        True
        """
        from napari_mmfusion.core.data_check.repairs import without_spikes

        return without_spikes(self)

    def changed(
        self,
        step: str,
        change: Callable[[NDArray[Any]], NDArray[Any]],
        *,
        only: str | None = None,
        mask: NDArray[np.bool_] | None = None,
    ) -> FusionDataset:
        """A copy whose images were changed, or only one, with the step in `provenance`."""
        copy = self._copy()
        if only in (None, HAADF):
            copy._haadf = self._haadf.changed(change)
        copy._maps = {
            name: image.changed(change) if only in (None, name) else image
            for name, image in self._maps.items()
        }
        shape_changed = copy.shape != self.shape
        if shape_changed:  # the truth has neither gaps nor spikes
            copy._truth = {name: image.changed(change) for name, image in self._truth.items()}
        if mask is not None:
            copy._mask = used_pixels(mask, copy.shape)
        elif self._mask is not None and shape_changed:
            copy._mask = used_pixels(change(self._mask), copy.shape)
        if step:
            copy.provenance = (*self.provenance, step)
        return copy

    def _copy(self) -> FusionDataset:
        copy = object.__new__(FusionDataset)
        copy.__dict__.update(self.__dict__)
        copy.__dict__.pop("findings", None)
        return copy

    def require_contrast(self, names: Iterable[str]) -> None:
        """Raise for the first image of `names` that cannot be normalised."""
        images = dict(self.images())
        for name in names:
            label, cure = f"map {name!r}", "leave this element out"
            if name == HAADF:
                label, cure = "the HAADF image", "a HAADF image with contrast is needed"
            images[name].require_contrast(label, cure)

    def __eq__(self, other: object) -> bool:
        """Whether images, their order, calibration, name and source are equal, bit for bit."""
        if not isinstance(other, FusionDataset):
            return NotImplemented
        apart = ("findings", "reader_notes")
        one, two = (
            {key: value for key, value in data.__dict__.items() if key not in apart}
            for data in (self, other)
        )
        return self.elements == other.elements and are_equal(one, two)

    def __hash__(self) -> int:
        """Hash of what cannot change and is quickly read."""
        return hash((self.elements, *((image.offset, image.scale) for _, image in self.images())))

    def __repr__(self) -> str:
        """Name, shape and elements in one line."""
        label = f"{self.name!r}, " if self.name else ""
        return f"FusionDataset({label}{describe_shape(self.shape)}, {', '.join(self.elements)})"
