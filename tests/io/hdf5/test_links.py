from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf

Write = Callable[..., Path]
Refusal = Callable[..., str]
HAADF, CO = np.eye(3), np.arange(9.0).reshape(3, 3)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another file, which must never be opened."""
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["group/Co"] = CO
    return path


def test_links_inside_the_file_are_followed(write_h5: Write) -> None:
    path = write_h5({"HAADF": HAADF, "store/first": CO, "store/second": CO + 1})
    with h5py.File(path, "a") as file:
        file["Co"] = h5py.SoftLink("/store/./first")
        file["O"] = h5py.SoftLink("store/second")
        file["Mn"] = file["store/second"]
    data = mmf.load(path)
    assert data.elements == ("Co", "Mn", "O")
    np.testing.assert_array_equal(data.maps["Co"], CO)
    np.testing.assert_array_equal(data.maps["O"], CO + 1)


@pytest.mark.parametrize("through", ["itself", "middle", "soft"])
def test_external_links_are_not_followed(
    write_h5: Write, other: Path, refusal: Refusal, through: str
) -> None:
    path = write_h5({"HAADF": HAADF})
    with h5py.File(path, "a") as file:
        if through == "itself":
            file["Co"] = h5py.ExternalLink(other.name, "/group/Co")
        else:
            file["away"] = h5py.ExternalLink(other.name, "/group")
            target = "away/Co" if through == "middle" else "/./away//Co"
            file["Co"] = h5py.SoftLink(target)
    # If the link were followed, the data would be there.
    with h5py.File(path, "r") as file:
        np.testing.assert_array_equal(file["Co"][()], CO)
    message = refusal(path)
    assert "'Co': leads to another file (other.h5), which is not read" in message
    assert "copy the data itself into this group" in message
    other.unlink()
    assert refusal(path) == message


def test_an_external_link_that_is_not_chosen_does_no_harm(write_h5: Write, other: Path) -> None:
    path = write_h5({"HAADF": HAADF, "O": CO})
    with h5py.File(path, "a") as file:
        file["Co"] = h5py.ExternalLink(other.name, "/group/Co")
    assert mmf.load(path, elements=["O"]).elements == ("O",)
    (cobalt,) = (item for item in mmf.inspect(path).items if item.name == "Co")
    assert (cobalt.shape, cobalt.role) == (None, "Co")
    assert "leads to another file" in cobalt.problem


def test_a_group_behind_an_external_link(write_h5: Write, other: Path, refusal: Refusal) -> None:
    path = write_h5({"HAADF": HAADF})
    with h5py.File(path, "a") as file:
        file["away"] = h5py.ExternalLink(other.name, "/group")
    message = refusal(path, group="away")
    assert "group 'away': leads to another file (other.h5)" in message


def test_soft_links_in_a_circle(write_h5: Write, refusal: Refusal) -> None:
    path = write_h5({"HAADF": HAADF})
    with h5py.File(path, "a") as file:
        file["Co"] = h5py.SoftLink("/other")
        file["other"] = h5py.SoftLink("/Co")
    assert "'Co': leads through more than 64 links" in refusal(path)


def test_a_soft_link_that_doubles_at_every_step(write_h5: Write, refusal: Refusal) -> None:
    path = write_h5({"HAADF": HAADF})
    with h5py.File(path, "a") as file:
        file["Co"] = h5py.SoftLink("/" + "/".join(["loop"] * 5000))
        file["loop"] = h5py.SoftLink("/" + "/".join(["loop"] * 5000))
    assert "more than 64 links" in refusal(path)


def test_a_soft_link_that_leads_nowhere(write_h5: Write, refusal: Refusal) -> None:
    path = write_h5({"HAADF": HAADF})
    with h5py.File(path, "a") as file:
        file["Co"] = h5py.SoftLink("/missing/Co")
        file["O"] = h5py.SoftLink("/HAADF/inside")
    assert "'Co': leads to 'missing', which is not in the file" in refusal(path)
    message = refusal(path, elements=["O"])
    assert "'O': leads through 'inside', which is in no group" in message


def test_groups_linked_in_a_circle_are_visited_once(write_h5: Write) -> None:
    path = write_h5({"HAADF": HAADF, "Co": CO, "inner/note": 1})
    with h5py.File(path, "a") as file:
        file["inner/up"] = file["/"]
        file["inner/again"] = file["inner"]
        file["soft"] = h5py.SoftLink("/")
    assert mmf.load(path).elements == ("Co",)
    assert [item.name for item in mmf.inspect(path).items] == ["Co", "HAADF", "inner/note"]


def test_deep_groups_are_refused(write_h5: Write, refusal: Refusal) -> None:
    deep = "/".join(["g"] * 40)
    path = write_h5({f"{deep}/HAADF": HAADF, f"{deep}/Co": CO})
    message = refusal(path)
    assert "has groups more than 16 deep" in message
    assert "group=..." in message
    assert mmf.load(path, group=deep).elements == ("Co",)


def test_many_items_are_refused(write_h5: Write, refusal: Refusal) -> None:
    path = write_h5({"map/HAADF": HAADF, "map/Co": CO})
    with h5py.File(path, "a") as file:
        for number in range(5000):
            file[f"crowd/{number}"] = h5py.SoftLink("/map/Co")
    message = refusal(path)
    assert "holds more than 4096 items" in message
    assert "group=..." in message
    assert mmf.load(path, group="map").elements == ("Co",)


def test_a_named_type_is_passed_over(write_h5: Write) -> None:
    path = write_h5({"HAADF": HAADF, "Co": CO})
    with h5py.File(path, "a") as file:
        file["O"] = np.dtype("f8")
    assert mmf.load(path).elements == ("Co",)


def test_a_group_named_like_an_element(write_h5: Write) -> None:
    path = write_h5({"HAADF": HAADF, "Co": CO, "O/values": CO, "Fe/bins": CO, "Fe/edges": CO})
    assert mmf.load(path).elements == ("Co", "O")
    assert mmf.load(path, elements=["O/values"]).elements == ("O",)


def test_names_that_are_not_utf8(write_h5: Write, refusal: Refusal) -> None:
    path = write_h5({"HAADF": HAADF})
    with h5py.File(path, "a") as file:
        space = h5py.h5s.create_simple((3, 3))
        h5py.h5d.create(file.id, b"\xff\xfe", h5py.h5t.IEEE_F32LE, space)
    message: Any = refusal(path)
    assert r"'\udcff\udcfe'" in message


def test_groups_are_called_by_their_own_path(write_h5: Write) -> None:
    path = write_h5({"map7/HAADF": HAADF, "map7/Co": CO})
    with h5py.File(path, "a") as file:
        file["alias"] = h5py.SoftLink("/map7")
    assert [item.name for item in mmf.inspect(path).items] == ["map7/Co", "map7/HAADF"]
    assert mmf.load(path, group="alias").elements == ("Co",)
