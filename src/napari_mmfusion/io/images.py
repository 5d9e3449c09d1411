"""Images as people keep them: in three axes of which one has length 1, or one in each group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.names.reading import read_names
from napari_mmfusion.io.items import Item

_GENERIC: Final = frozenset({"array", "counts", "data", "image", "img", "map", "signal", "values"})


def as_images(items: Sequence[Item]) -> list[Item]:
    """Items without axes of length 1, each called after its group if only that says what it is.

    In NCEM's ``.emd`` files and others like them every image is called ``data`` and has a group of
    its own, which is called after the image.
    """
    squeezed = [_squeezed(item) for item in items]
    images = Counter(item.group for item in squeezed if _may_be_image(item))
    return [
        _called_after_group(item)
        if item.group and _may_be_image(item) and images[item.group] == 1
        else item
        for item in squeezed
    ]


def _may_be_image(item: Item) -> bool:
    return item.shape is None or len(item.shape) > 1


def _squeezed(item: Item) -> Item:
    shape = item.shape
    if shape is None or len(shape) <= 2:
        return item
    rest = tuple(length for length in shape if length != 1)
    if len(rest) != 2:
        return item
    return replace(item, shape=rest, read=_reshaping(item.read, rest))


def _reshaping(
    read: Callable[[], NDArray[Any]], shape: tuple[int, ...]
) -> Callable[[], NDArray[Any]]:
    return lambda: np.reshape(read(), shape)


def _called_after_group(item: Item) -> Item:
    group, _, name = item.group.rpartition("/")
    if item.name.lower() not in _GENERIC:
        own, groups = read_names((item.name,))[0], read_names((name,))[0]
        if own.role is not None or groups.role is None:
            return item
    return replace(item, name=name, group=group, origin=item.path)
