"""Messages on the command line name options, and nothing that only Python has."""

from __future__ import annotations

import re

import pytest
from tests.bad_values import EVERY, IDENTIFIERS, refusal

import napari_mmfusion as mmf
from napari_mmfusion.cli.dialect import in_options
from napari_mmfusion.cli.program import main
from napari_mmfusion.core.parameters import FusionParameters


@pytest.mark.parametrize("name", EVERY)
def test_a_bad_value_is_named_by_its_option(name):
    bad = EVERY[name]
    words = in_options(refusal(bad))
    assert bad.command_line in words
    assert not re.search(IDENTIFIERS, words)


@pytest.mark.parametrize("name", EVERY)
def test_in_python_it_is_named_by_its_argument(name):
    bad = EVERY[name]
    words = str(refusal(bad))
    assert bad.python in words
    assert "--" not in words


@pytest.mark.parametrize("name", FusionParameters.names())
def test_every_option_named_exists(name, capsys):
    option = EVERY[name].command_line.split()[0]
    with pytest.raises(SystemExit):
        main(["fuse", "--help"])
    assert re.search(rf"  {option}[ ,\n]", capsys.readouterr().out)


def test_the_table_of_a_file_speaks_of_options(mmfusion, tmp_path):
    import numpy as np

    file = tmp_path / "no_haadf.npz"
    np.savez(file, Sc=np.eye(4), O=np.eye(4))
    code, out, err = mmfusion("info", file)
    assert (code, err) == (0, "")
    assert "with --haadf" in out
    assert "haadf=" not in out
    assert "haadf=" in str(mmf.inspect(file))
