"""The ways out for data that no fusion takes or should be given, as methods of a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from numpy.typing import ArrayLike

from napari_mmfusion.core.masks import used_pixels

if TYPE_CHECKING:
    from napari_mmfusion.core.dataset import FusionDataset


class Mendable:
    """What `FusionDataset` has of these methods."""

    @property
    def _data(self) -> FusionDataset:
        return cast("FusionDataset", self)

    def cropped(self, rows: slice | None = None, columns: slice | None = None) -> FusionDataset:
        """A rectangle of the data, by default what is left without rims of gaps, in all images.

        Rims are of NaN, zeros, fill values or pixels left out. For scattered gaps see `masked`.

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
        >>> from napari_mmfusion import FusionDataset
        >>> haadf = np.arange(12.0).reshape(3, 4)
        >>> haadf[:, 0] = np.nan
        >>> FusionDataset(haadf, {"O": np.ones((3, 4))}).cropped().shape
        (3, 3)
        """
        from napari_mmfusion.core.data_check.repairs import cropped

        return cropped(self._data, rows, columns)

    def without_rims(self) -> FusionDataset:
        """The data with the rims left out that `cropped` cuts off, so that images keep their size.

        The pixels are left out as by `masked`.

        Examples
        --------
        >>> import numpy as np
        >>> from napari_mmfusion import FusionDataset
        >>> haadf = np.arange(12.0).reshape(3, 4)
        >>> haadf[:, 0] = np.nan
        >>> data = FusionDataset(haadf, {"O": np.ones((3, 4))}).without_rims()
        >>> data.shape, int(data.mask.sum())
        ((3, 4), 9)
        """
        from napari_mmfusion.core.data_check.repairs import without_rims

        return without_rims(self._data)

    def masked(self, mask: ArrayLike | None = None) -> FusionDataset:
        """The data without some pixels, by default those that some image does not have.

        These are NaN, infinite, or hold a value that stands for none, such as 1e20. Their chemical
        data are left out of every fusion, and the nearest other pixel takes their place, without
        `mask` in images that lack them. A fusion guesses there, from HAADF image and neighbours.

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
        >>> from napari_mmfusion import FusionDataset
        >>> map_ = np.arange(12.0).reshape(3, 4)
        >>> map_[1, 2] = np.nan
        >>> data = FusionDataset(np.ones((3, 4)), {"O": map_}).masked()
        >>> int(data.mask.sum()), float(data.maps["O"][1, 2]) in (2.0, 5.0, 7.0, 10.0)
        (11, True)
        """
        from napari_mmfusion.core.data_check.repairs import left_out

        return left_out(self._data, None if mask is None else used_pixels(mask, self._data.shape))

    def without_spikes(self) -> FusionDataset:
        """The data with the median of its neighbours for each spike that `check` finds, if any.

        Examples
        --------
        >>> import napari_mmfusion as mmf
        >>> data = mmf.simulate("core-shell", shape=(32, 48), counts=10, seed=0)
        >>> data.without_spikes() is data
        True
        """
        from napari_mmfusion.core.data_check.repairs import without_spikes

        return without_spikes(self._data)
