from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from napari_mmfusion.io.hdf5 import writing
from napari_mmfusion.io.results import folder as results

MakeResult = Callable[..., mmf.FusionResult]
FILES = {"haadf_recon.tif", "Co_signal.tif", "O_signal.tif", "Fused_Reconstruction.h5"}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_folder_of_the_contract(tmp_path: Path, make_result: MakeResult) -> None:
    result = make_result()
    folder = mmf.save(result, tmp_path / "out")
    assert folder == tmp_path / "out"
    assert set(files(folder)) == FILES
    for name, image in (
        ("haadf_recon.tif", result.haadf),
        ("Co_signal.tif", result.maps["Co"]),
        ("O_signal.tif", result.maps["O"]),
    ):
        with tifffile.TiffFile(folder / name) as file:
            np.testing.assert_array_equal(file.asarray(), image)
            assert file.imagej_metadata is not None
            assert file.imagej_metadata["unit"] == "nm"
            numerator, denominator = file.pages.first.tags["XResolution"].value
            assert denominator / numerator == pytest.approx(0.05)
            assert '"lambda_tv": 0.15' in file.imagej_metadata["Info"]


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (33, 65)])
@pytest.mark.parametrize(
    "options", [{}, {"pixel_size": None, "unit": "pixel"}, {"pixel_size": 1 / 3, "unit": "µm"}]
)
def test_what_was_measured_loads_again_bit_for_bit(
    tmp_path: Path, make_result: MakeResult, shape: tuple[int, int], options: dict[str, Any]
) -> None:
    result = make_result(("O", "Co", "Mn"), shape, **options)
    data = mmf.load(mmf.save(result, tmp_path) / "Fused_Reconstruction.h5")
    assert data.elements == ("O", "Co", "Mn")
    assert data.haadf.tobytes() == result.data.haadf.tobytes()
    for name in data.elements:
        assert data.maps[name].tobytes() == result.data.maps[name].tobytes()
    assert (data.pixel_size, data.unit) == (result.data.pixel_size, result.data.unit)


HOSTILE = (
    "",
    "../../Co",
    "/etc/passwd",
    "CON",
    "a\nb",
    "a\0b",
    "x" * 300,
    "\U0001f52c" * 80,
    "\ud800",
    "haadf",
    "Co",
    "CO",
    "Co_K",
    ".hidden",
)


def test_hostile_names_stay_in_the_folder_and_come_back(
    tmp_path: Path, make_result: MakeResult
) -> None:
    result = make_result(HOSTILE)
    folder = mmf.save(result, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert len(files(folder)) == len(HOSTILE) + 2
    assert "Co_signal.tif" in files(folder)
    data = mmf.load(folder / "Fused_Reconstruction.h5")
    assert data.elements == HOSTILE
    for name in HOSTILE:
        assert data.maps[name].tobytes() == result.data.maps[name].tobytes()


def test_elements_can_be_chosen_from_a_result(tmp_path: Path, make_result: MakeResult) -> None:
    result = make_result(("Co_K", "O"))
    path = mmf.save(result, tmp_path) / "Fused_Reconstruction.h5"
    assert mmf.load(path, elements=["O", "Co_K"]).elements == ("O", "Co_K")
    assert mmf.load(path, elements=["raw_Co_K"]).elements == ("Co_K",)


def test_a_stopped_result_without_iterations(tmp_path: Path, make_result: MakeResult) -> None:
    whole = make_result()
    result = mmf.FusionResult(
        whole.maps,
        whole.haadf,
        np.empty((0, 3)),
        whole.params,
        whole.data,
        whole.weights,
        whole.lambda_haadf,
        stopped=True,
    )
    with h5py.File(mmf.save(result, tmp_path) / "Fused_Reconstruction.h5") as file:
        assert file["costTV"].shape == (0,)
        assert file.attrs["stopped"]
    assert mmf.load_result(tmp_path).stopped


def test_an_odd_unit_does_not_stop_the_saving(tmp_path: Path, make_result: MakeResult) -> None:
    result = make_result(unit="n\0m" * 50, name="a\0b\ud800")
    data = mmf.load(mmf.save(result, tmp_path) / "Fused_Reconstruction.h5")
    assert (data.pixel_size, data.unit) == (None, "pixel")
    assert r"n\x00m" in data.reader_notes.ignored
    assert mmf.load_result(tmp_path) == result


def test_nothing_is_replaced_without_request(tmp_path: Path, make_result: MakeResult) -> None:
    mmf.save(make_result(), tmp_path)
    before = files(tmp_path)
    with pytest.raises(mmf.MMFusionWriteError) as caught:
        mmf.save(make_result(shape=(2, 2)), tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}: ")
    assert "'haadf_recon.tif', 'Co_signal.tif', 'O_signal.tif'" in message
    assert "pass overwrite=True" in message
    assert files(tmp_path) == before


def test_one_file_in_the_way_is_enough(tmp_path: Path, make_result: MakeResult) -> None:
    (tmp_path / "O_signal.tif").write_bytes(b"precious")
    with pytest.raises(mmf.MMFusionWriteError, match=r"'O_signal\.tif' exist already"):
        mmf.save(make_result(), tmp_path)
    assert files(tmp_path) == {"O_signal.tif": b"precious"}


def test_results_are_replaced_when_asked(tmp_path: Path, make_result: MakeResult) -> None:
    mmf.save(make_result(shape=(2, 2)), tmp_path)
    result = make_result()
    mmf.save(result, tmp_path, overwrite=True)
    assert set(files(tmp_path)) == FILES
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "O_signal.tif"), result.maps["O"])


@pytest.mark.parametrize("stage", ["tiff", "hdf5", "fsync", "replace", "verify"])
@pytest.mark.parametrize("old", [False, True])
def test_a_failure_leaves_everything_as_it_was(
    tmp_path: Path,
    make_result: MakeResult,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    old: bool,
) -> None:
    folder = tmp_path / "out"
    if old:
        mmf.save(make_result(shape=(2, 2)), folder)
        (folder / "Co_signal.tif").unlink()
    before = files(folder) if old else None
    calls = 0

    def fail_later(*_: object, **__: object) -> None:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise OSError(28, "No space left on device")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    real_replace = os.replace

    def fail_at_third(source: Any, target: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise PermissionError(13, "open in another program")
        real_replace(source, target)

    target: Any
    target, name, failing = {
        "tiff": (results, "write_tiff", fail_later),
        "hdf5": (writing, "write_flushed", fail),
        "fsync": (os, "fsync", fail_later),
        "replace": (os, "replace", fail_at_third),
        "verify": (tifffile, "imread", lambda _: np.zeros((4, 5), np.float32)),
    }[stage]
    with monkeypatch.context() as patched:
        patched.setattr(target, name, failing)
        with pytest.raises(mmf.MMFusionWriteError) as caught:
            mmf.save(make_result(), folder, overwrite=True)
    message = str(caught.value)
    assert message.isprintable()
    assert "choose another folder" in message
    if old:
        assert files(folder) == before
    else:
        assert not folder.exists()
    mmf.save(make_result(), folder, overwrite=True)
    assert set(files(folder)) == FILES


def test_the_reason_is_stated(
    tmp_path: Path, make_result: MakeResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(results, "write_tiff", fail)
    with pytest.raises(mmf.MMFusionWriteError) as caught:
        mmf.save(make_result(), tmp_path / "out")
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'out'}: could not be written (")
    assert "No space left on device" in message
    assert "files that were there are unchanged; make room" in message
    assert isinstance(caught.value, OSError)


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file sizes there")
@pytest.mark.parametrize("limit", [1_000, 9_000])
def test_a_full_disk_is_an_error_not_a_crash(
    tmp_path: Path, make_result: MakeResult, limit: int
) -> None:
    """HDF5 crashes the process when the disk is full, so it must not be what writes there."""
    source = mmf.save(make_result(shape=(40, 40)), tmp_path / "in") / "Fused_Reconstruction.h5"
    program = f"""
import resource, numpy as np
import napari_mmfusion as mmf
data = mmf.load({str(source)!r})
result = mmf.FusionResult(
    data.maps, data.haadf, np.ones((2, 3)), mmf.FusionParameters(), data, {{"Co": 1, "O": 1}}, 0.5
)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
try:
    mmf.save(result, {str(tmp_path / "out")!r})
except mmf.MMFusionWriteError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "could not be written" in done.stdout
    assert "make room" in done.stdout
    assert done.stderr == ""
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_maps_of_an_earlier_choice_go_with_it(tmp_path, make_result):
    folder = tmp_path / "out"
    mmf.save(make_result(("Co", "O", "Fe/K")), folder)
    (folder / "Dy_signal.tif").write_text("not of this result")
    mmf.save(make_result(("O",)), folder, overwrite=True)
    assert set(files(folder)) == FILES - {"Co_signal.tif"} | {"Dy_signal.tif"}
    assert mmf.load_result(folder).data.elements == ("O",)


def test_obsolete_maps_stay_if_saving_fails(tmp_path, make_result, monkeypatch):
    folder = mmf.save(make_result(), tmp_path / "out")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    monkeypatch.setattr(
        "napari_mmfusion.io.atomic_write.flush_folder", lambda _: (_ for _ in ()).throw(OSError(5))
    )
    with pytest.raises(mmf.MMFusionWriteError):
        mmf.save(make_result(("O",)), folder, overwrite=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_read_only_obsolete_map_is_not_removed(tmp_path, make_result):
    folder = mmf.save(make_result(), tmp_path / "out")
    (folder / "Co_signal.tif").chmod(0o444)
    with pytest.raises(mmf.MMFusionWriteError, match=r"Co_signal.*read-only"):
        mmf.save(make_result(("O",)), folder, overwrite=True)
    assert set(files(folder)) == FILES


def test_a_folder_of_images_with_a_result_still_loads(tmp_path, make_result):
    result = make_result()
    for name, image in {"HAADF": result.data.haadf, **result.data.maps}.items():
        tifffile.imwrite(tmp_path / f"{name}.tif", image)
    data = mmf.load(tmp_path)
    mmf.save(result, tmp_path)
    assert mmf.load(tmp_path) == data
    assert mmf.load_result(tmp_path) == result


def test_a_folder_of_results_alone_says_how_to_use_it(tmp_path, make_result):
    folder = mmf.save(make_result(), tmp_path / "out")
    for read in (mmf.load, mmf.inspect):
        with pytest.raises(mmf.MMFusionReadError, match=r"Fused_Reconstruction\.h5.*load_result"):
            read(folder)


def test_fused_images_are_not_taken_for_measured_ones(tmp_path, make_result):
    folder = mmf.save(make_result(), tmp_path / "out")
    (folder / "Fused_Reconstruction.h5").unlink()
    with pytest.raises(mmf.MMFusionReadError, match="fused images, which are no measurements"):
        mmf.load(folder)
    (folder / "haadf_recon.tif").unlink()
    tifffile.imwrite(folder / "HAADF.tif", make_result().data.haadf)
    with pytest.raises(mmf.MMFusionReadError, match="no chemical map found"):
        mmf.load(folder)
