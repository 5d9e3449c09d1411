"""How far to trust a fused map: four questions about one result.

python examples/trust.py data.npz
"""

from __future__ import annotations

import sys

import napari_mmfusion as mmf

path = sys.argv[1] if sys.argv[1:] else None
data = mmf.load(path) if path else mmf.simulate("core-shell", shape=(48, 64), counts=10, seed=0)
result = mmf.fuse(data)

print("Does structure remain that the fusion did not explain?")
print(mmf.residuals(result))

print("What does the HAADF image add to denoising each map by itself?")
print(mmf.tv_only(result))

print("What would a map without structure look like?")
print(mmf.null_element_test(result))

print("How far would the means scatter if the measurement were repeated?")
centre = [
    [16 <= y < 32 and 24 <= x < 40 for x in range(data.shape[1])] for y in range(data.shape[0])
]
print(mmf.bootstrap(result, n=8, regions={"centre": centre}))
