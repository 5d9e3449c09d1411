"""Fuse the maps of a file, read the verdict, and save the result.

    python examples/fuse_a_file.py data.npz results

Without arguments a simulated sample is fused.
"""

from __future__ import annotations

import sys

import napari_mmfusion as mmf

path, folder = [*sys.argv[1:], None, None][:2]
data = mmf.load(path) if path else mmf.simulate("core-shell", shape=(96, 128), counts=10, seed=0)

params = mmf.FusionParameters(lambda_chem=0.08, lambda_tv=0.15)
result = mmf.fuse(data, params)
print(result.verdict)

for element, image in result.maps.items():
    measured = result.in_measured_units(element)
    print(f"{element}: relative mean {image.mean():.3f}, in measured units {measured.mean():.3g}")

if folder:
    saved = mmf.save(result, folder)
    assert mmf.load_result(saved).maps.keys() == result.maps.keys()
    print(f"saved to {saved}")
