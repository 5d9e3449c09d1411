"""A HAADF image and the chemical maps of the same area."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.backgrounds import checked_backgrounds
from napari_mmfusion.core.checks import (
    check_names,
    check_positive,
    check_sequence,
    is_name,
    quote,
)
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import FloatImage, MeasuredImage, require_one_shape
from napari_mmfusion.core.masks import used_pixels
from napari_mmfusion.core.mending import Mendable
from napari_mmfusion.core.reader_notes import ReaderNotes, checked_sentences, require_notes
from napari_mmfusion.core.values import FrozenMapping, are_equal, describe_shape

if TYPE_CHECKING:
    from napari_mmfusion.core.data_check.finding import Finding
    from napari_mmfusion.core.data_check.spikes.search import Spikes
    from napari_mmfusion.core.noise_model import NoiseModel


_CACHED = ("findings", "noise", "spikes")  # follow from the images


class FusionDataset(Mendable):
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
    backgrounds : mapping of name to float, optional
        What each map holds everywhere that is not of the element, in measured units above no
        counts, where the measurement tells: the bremsstrahlung beside a line, for example.

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
        backgrounds: Mapping[str, float] | None = None,
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
        require_one_shape(self._haadf, self._maps)
        self._truth: dict[str, MeasuredImage] = {
            name: MeasuredImage.from_array(f"truth of {name!r}", image).rounded()
            for name, image in check_names("truth", {} if truth is None else truth).items()
        }
        require_one_shape(self._haadf, self._truth)
        if pixel_size is not None:
            pixel_size = check_positive("pixel_size", pixel_size, error=MMFusionDataError)
        self.pixel_size = pixel_size
        self.unit = str(unit)
        self.name = name
        self.source_sha256 = source_sha256
        self.reader_notes = require_notes(reader_notes)
        self._mask = None if mask is None else used_pixels(mask, self.shape)
        self.provenance = checked_sentences("provenance", provenance)
        self._backgrounds = checked_backgrounds(
            {} if backgrounds is None else backgrounds, self._maps
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

    @property
    def backgrounds(self) -> Mapping[str, float]:
        """The known backgrounds in measured units, by the names of their maps."""
        return FrozenMapping(self._backgrounds)

    @cached_property
    def noise(self) -> Mapping[str, NoiseModel]:
        """What kind of map each one is, by name; those that are not finite are left out."""
        from napari_mmfusion.core.noise_model import noise_of

        known = {key: image for key, image in self._maps.items() if not image.missing}
        return FrozenMapping(
            {key: noise_of(image.measured, self._mask) for key, image in known.items()}
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What `napari_mmfusion.check` found, or had found when the data were saved."""
        from napari_mmfusion.core.data_check.check import check

        return check(self)

    @cached_property
    def spikes(self) -> Mapping[str, Spikes]:
        """The spikes of the images that have some, found once."""
        from napari_mmfusion.core.data_check.spikes import search  # slow to import

        return search.find_all_spikes(self)

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
        if not is_name(name, images):
            raise MMFusionDataError(
                f"there is no image {quote(name)}; there are: {', '.join(images)}"
            )
        self.require_contrast((name,))
        return images[name].normalised()

    def select(self, elements: Iterable[str]) -> FusionDataset:
        """The same data with only some maps, in the order asked for; nothing is copied.

        Raises
        ------
        MMFusionDataError
            If a name is missing or given twice; the message lists the maps there are.
        """
        wanted = check_sequence("elements", elements)
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
        chosen._backgrounds = {k: v for k, v in self._backgrounds.items() if k in wanted}
        return chosen

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

    def with_mask(self, mask: ArrayLike) -> FusionDataset:
        """The same images with a mask of the pixels that are used; see `masked`, which fills."""
        return self.changed("", lambda image: image, mask=used_pixels(mask, self.shape))

    def _copy(self) -> FusionDataset:
        copy = object.__new__(FusionDataset)
        copy.__dict__.update({k: v for k, v in self.__dict__.items() if k not in _CACHED})
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
        apart = (*_CACHED, "reader_notes")
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
