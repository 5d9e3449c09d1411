"""Messages in the window name its controls, and nothing that only Python has."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.bad_values import EVERY, IDENTIFIERS, refusal

import napari_mmfusion as mmf
from napari_mmfusion.core.convergence.verdict import judge
from napari_mmfusion.plugin.contributions.reader import read_layers
from napari_mmfusion.plugin.qt.texts.wording import in_labels


@pytest.mark.parametrize("name", EVERY)
def test_a_bad_value_is_named_by_its_label(name):
    bad = EVERY[name]
    words = in_labels(refusal(bad))
    assert bad.window in words
    assert not re.search(IDENTIFIERS, words)
    assert not re.search("--(?!crop|mask-nan)", words)  # for these the window has no control


@pytest.mark.parametrize(
    "curve",
    [
        0.9 ** np.arange(30.0),
        1 + 0.99 ** np.arange(30.0) * (-1) ** np.arange(30),
        1.5 ** np.arange(30.0) * (-1) ** np.arange(30),
        np.linspace(1, 0.001, 30),
        np.linspace(1, 0.001, 2),
    ],
)
def test_every_verdict_speaks_of_labels(curve):
    words = in_labels(judge(np.stack([curve] * 3, axis=1)))
    assert not re.search(rf"{IDENTIFIERS}|--|lambda", words)
    assert re.search("Iterations|weight", words)


def test_a_file_that_napari_cannot_open_is_refused_in_words_of_the_window(tmp_path):
    file = tmp_path / "cut.npz"
    np.savez(file, Sc=np.eye(4))
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(mmf.MMFusionReadError) as raised:
        read_layers(str(file))
    assert str(raised.value).startswith("cut.npz")
    assert not re.search(IDENTIFIERS, str(raised.value))
