"""One measured image: checked, copied to float32, with what its normalisation needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.values import ArrayRecord, describe_shape
from napari_mmfusion.core.ways_out import CROP, MASK
from napari_mmfusion.core.wording import Argument, Text

FloatImage = NDArray[np.float32]

# Above this ratio of offset to range, rounding the measured values to float32 would cost the
# normalised ones more than one part in a million.
_LARGE_OFFSET = 8.0
# Below this range (or above its inverse) the factor 1 / range leaves single precision.
_SMALLEST_SCALE = 1e-30
_WAYS_OUT = Text("{} cuts off a rim, {} leaves other pixels out", CROP, MASK)
# More than fits into any memory; even a view of that size would take hours to read.
_MOST_PIXELS = 1 << 34


@dataclass(frozen=True, eq=False)
class MeasuredImage(ArrayRecord):
    """An image as measured, and what its normalisation ``(measured - offset) / scale`` needs.

    Attributes
    ----------
    measured : (ny, nx) float32, read-only
        The values as measured.
    offset, scale : float
        Minimum and range of the finite measured values; `scale` is 0 for a constant image.
    precise : (ny, nx) float32, read-only, or None
        The normalised image from the full-precision source, kept only where `measured` is too
        coarse to compute it from: more than 24 significant bits on a large offset, or a range
        near the limits of single precision.
    missing : int
        Number of pixels that are NaN or infinite.
    """

    measured: FloatImage
    offset: float
    scale: float
    precise: FloatImage | None = None
    missing: int = 0

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a pickled or copied image; NumPy forgets that its arrays are read-only."""
        self.__dict__.update(state)
        _freeze(self.measured)
        if self.precise is not None:
            _freeze(self.precise)

    @classmethod
    def from_array(
        cls, name: str | Argument, array: ArrayLike | MeasuredImage, *, allow_missing: bool = False
    ) -> MeasuredImage:
        """Check and copy `array`; its name is used in error messages only.

        A `MeasuredImage` is taken as it is.

        Raises
        ------
        MMFusionDataError
            If it is not a two-dimensional array of real numbers in float32's range, or, unless
            `allow_missing`, not all are finite.
        """
        if isinstance(array, MeasuredImage):
            return array
        source = _real_image(name, _without_numpy_mask(array) if allow_missing else array)
        # Another thread may change the array at any time: everything is taken from one copy.
        exact = np.can_cast(source.dtype, np.float32)
        values = source.astype(np.float32) if exact else source.copy()
        with np.errstate(over="ignore", invalid="ignore"):
            measured = _freeze(values.astype(np.float32, copy=not exact))
        low, high = values.min(), values.max()
        missing = 0
        if not (np.isfinite(low) and np.isfinite(high)):
            if not allow_missing:
                raise _not_finite(name, values)
            finite = values[np.isfinite(values)]
            missing = values.size - finite.size
            if not finite.size:
                return cls(measured, 0.0, 0.0, missing=missing)
            low, high = finite.min(), finite.max()
        offset, scale = float(low), float(_difference(high, low))
        with np.errstate(over="ignore"):
            in_range = np.isfinite(np.float32(low)) and np.isfinite(np.float32(high))
        if not in_range:
            raise MMFusionDataError(
                Text(
                    "{}: values reach {:.3g}, beyond single precision; divide the image by a"
                    " constant first",
                    name,
                    max(abs(offset), abs(float(high))),
                )
            )
        if _float32_suffices(exact, offset, scale):
            return cls(measured, offset, scale, missing=missing)
        normalised = _difference(values, low, in_place=not exact)
        del values  # before the last copy: these are the largest arrays while a file is read
        normalised /= scale
        return cls(measured, offset, scale, _freeze(normalised.astype(np.float32)), missing)

    def rounded(self) -> MeasuredImage:
        """The image of the measured values in single precision alone."""
        return MeasuredImage.from_array("", self.measured, allow_missing=True)

    def changed(self, change: Callable[[FloatImage], FloatImage]) -> MeasuredImage:
        """The image after a change of its pixels, such as a crop.

        Offset and scale stay, bit for bit, if the smallest and the largest value do.
        """
        measured = _freeze(change(self.measured))
        finite = measured[np.isfinite(measured)]
        missing = measured.size - finite.size
        if not finite.size:
            return MeasuredImage(measured, 0.0, 0.0, missing=missing)
        if self.precise is not None:
            return self._changed_precisely(measured, change(self.precise), missing)
        low, high = finite.min(), finite.max()
        offset = self.offset if low == np.float32(self.offset) else float(low)
        top = self.offset + self.scale
        if offset == self.offset and high == np.float32(top):
            scale = self.scale
        else:
            scale = float(high) - offset if high > low else 0.0
        return MeasuredImage(measured, offset, scale, missing=missing)

    def _changed_precisely(
        self, measured: FloatImage, precise: FloatImage, missing: int
    ) -> MeasuredImage:
        finite = precise[np.isfinite(precise)].astype(np.float64)
        low, high = float(finite.min()), float(finite.max())
        if (low, high) != (0.0, 1.0) and high > low:
            precise = ((precise.astype(np.float64) - low) / (high - low)).astype(np.float32)
        offset = self.offset + self.scale * low
        return MeasuredImage(measured, offset, self.scale * (high - low), _freeze(precise), missing)

    @property
    def is_constant(self) -> bool:
        """Whether all values are equal, so that nothing can be normalised."""
        return self.scale == 0

    def require_contrast(self, name: str, cure: str) -> None:
        """Raise `MMFusionDataError` if some pixels are not finite or all are equal."""
        if self.missing == self.measured.size:
            raise MMFusionDataError(f"{name} holds nothing but NaN or infinite values; {cure}")
        if self.missing:
            raise _not_finite(name, self.measured, _WAYS_OUT)
        if self.is_constant:
            raise MMFusionDataError(
                f"{name} is constant (every pixel is {self.offset:g}), so it has no scale; {cure}"
            )

    def normalised(self) -> FloatImage:
        """The image as the fusion sees it: minimum 0, maximum 1."""
        image, offset, factor = self.for_core()
        return (image - np.float32(offset)) * np.float32(factor)

    def for_core(self) -> tuple[FloatImage, float, float]:
        """``(image, offset, factor)`` with ``(image - offset) * factor`` normalised."""
        if self.precise is not None:
            return self.precise, 0.0, 1.0
        return self.measured, self.offset, 1.0 / self.scale


def require_one_shape(haadf: MeasuredImage, images: Mapping[str, MeasuredImage]) -> None:
    """Raise `MMFusionDataError` for images of another shape than the HAADF image."""
    shape = haadf.measured.shape
    shapes = {key: image.measured.shape for key, image in images.items()}
    if all(each == shape for each in shapes.values()):
        return
    listed = ", ".join(f"{key} {describe_shape(each)}" for key, each in shapes.items())
    turned = [key for key, each in shapes.items() if each == shape[::-1] != shape]
    transposed = f", or transpose {' and '.join(turned)}" if turned else ""
    raise MMFusionDataError(
        f"all images must have one shape, but HAADF is {describe_shape(shape)}, {listed};"
        f" crop or resample them to the same grid{transposed}"
    )


def _difference(values: Any, low: Any, *, in_place: bool = False) -> Any:
    """``values - low`` in float64, where float64 itself would round large integers.

    With `in_place`, `values` may be changed.
    """
    if values.dtype.kind in "iu":
        with np.errstate(over="ignore"):  # it wraps around and back
            if not (in_place and values.dtype == np.dtype(np.int64)):
                values = values.astype(np.uint64)
            unsigned = values.view(np.uint64)
            unsigned -= low.astype(np.uint64)
            return unsigned.astype(np.float64)
    # In place: these are the largest arrays while a file is read.
    difference = values.astype(np.float64, copy=not in_place)
    difference -= np.float64(low)
    return difference


def _float32_suffices(exact: bool, offset: float, scale: float) -> bool:
    if scale == 0:
        return True
    if not _SMALLEST_SCALE < scale < 1 / _SMALLEST_SCALE:
        return False
    return exact or abs(offset) < _LARGE_OFFSET * scale


def _without_numpy_mask(array: ArrayLike) -> ArrayLike:
    """The array with NaN where NumPy masks it."""
    if not (isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array)):
        return array
    if array.dtype.kind not in "biuf":
        return array
    values = array.data.astype(np.result_type(array.dtype, np.float32))
    values[np.ma.getmaskarray(array)] = np.nan
    return values


def _real_image(name: str | Argument, array: ArrayLike) -> NDArray[Any]:
    if isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array):
        raise MMFusionDataError(Text("{}: has masked pixels; fill them first", name))
    try:
        source = np.asarray(array)
    except ValueError as error:
        raise MMFusionDataError(Text("{}: not an array of numbers ({})", name, error)) from None
    if source.dtype.kind not in "biuf" or source.dtype.itemsize > 8:
        raise MMFusionDataError(
            Text(
                "{}: values of type {} are not supported; give real numbers of at most 64 bits",
                name,
                source.dtype,
            )
        )
    if source.ndim != 2 or source.size == 0:
        raise MMFusionDataError(
            Text(
                "{}: has shape {}; a two-dimensional image (rows, columns) is needed",
                name,
                source.shape,
            )
        )
    if source.size > _MOST_PIXELS:
        rows, columns = source.shape
        raise MMFusionDataError(
            Text(
                "{}: has {} x {} pixels; at most {} can be used: crop it",
                name,
                rows,
                columns,
                _MOST_PIXELS,
            )
        )
    return source.astype(np.uint8) if source.dtype.kind == "b" else source


def _not_finite(
    name: str | Argument, source: NDArray[Any], advice: str = "give finite numbers"
) -> MMFusionDataError:
    nan = int(np.isnan(source).sum())
    infinite = int(np.isinf(source).sum())
    return MMFusionDataError(
        Text(
            "{}: {} NaN and {} infinite values among {} pixels; {}",
            name,
            nan,
            infinite,
            source.size,
            advice,
        )
    )


def _freeze(image: FloatImage) -> FloatImage:
    image = np.ascontiguousarray(image)
    image.flags.writeable = False
    return image
