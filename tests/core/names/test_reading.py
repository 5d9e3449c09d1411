"""Names of images as people have them, alone and together."""

from __future__ import annotations

import pytest

from napari_mmfusion.core.names.reading import is_haadf_name, read_names, symbol_in

SINGLE = {
    "Co": "Co",
    "Co_K": "Co",
    "Co Ka": "Co",
    "Co K\u03b1": "Co",
    "Co-EELS": "Co",
    "Fe-L2,3": "Fe",
    "O K": "O",
    "K": "K",
    "K Ka": "K",
    "map of Sc": "Sc",
    "raw_Dy": "Dy",
    "Ti (at%)": "Ti",
    "In": "In",
    "area 3 Sr": "Sr",
    "In_La": "In",
    "As-KA": "As",
    "In M45": "In",
    "La La1": "La",
    "FeK": "Fe",
    "TiK": "Ti",
    "Fe_counts_bgsub": "Fe",
    "In_counts_bgsub": "In",
    "In at.%": "In",
    "Atomic Fraction In": "In",
    "EELS Fe Signal (SI)": "Fe",
    "atomic percent of Fe": "Fe",
    "Co_B1": "Co",
    "Ni_run_2_C": "Ni",
    "O_counts_V2": "O",
    "sample_B_Fe": "Fe",
    "FIB lamella Fe K": "Fe",
    "Carbon": "C",
    "Sn_La1": "Sn",
    "Fe-K\u03b1": "Fe",
    "Zn K alpha": "Zn",
    "Pt M": "Pt",
    "Cu_K\u03b11": "Cu",
    "Cu K\u03b1\u2081": "Cu",
    "O_K_edge": "O",
    "He": "He",
    "Iron": "Fe",
    "aluminium map": "Al",
    "FeKa1": "Fe",
    "PtLa": "Pt",
    "OK": "O",
    "FeMap": "Fe",
    "EDSFe": "Fe",
    "O map": "O",
    "SrTiO3_Ti": "Ti",
    "Pt lamella O K": "O",
    "Fe K background subtracted": "Fe",
    "As_aligned": "As",
    "Fe At.%": "Fe",
    "f0a3c5d2e4b6978812ab34cd56ef7890 Fe": "Fe",
    "FE K": "Fe",
}

NO_ELEMENT = [
    "", "Intensity", "HAADF", "ADF", "As measured", "In plane", "At start", "No data", "co",
    "CoO", "Co and Mn", "fused", "lambdaTV", "costChem", "map", "total counts", "X", "Counts",
    "Live Time", "BF-S", "SE", "BSE", "MAADF", "DF4-A", "DF4-B", "A-C", "B-D", "background",
    "f0a3c5d2e4b6978812ab34cd56ef7890", "F0A3C5D2E4B6978812AB34CD56EF7890", "BF", "ABF", "LAADF",
    "dDPC", "iDPC", "COM", "Sum spectrum", "No. 3", "I0", "Dwell time", "SiN", "GaN", "InP",
    "SrTiO3", "sample B", "Grid Y", "B1", "InLens", "As filtered", "No 3", "At 5 %", "CL", "PL",
    "Fe background", "Fe K residual", "Carbon film", "lead author", "SE C", "V2", "Fe mask",
    "Si substrate La",
]  # fmt: skip

NOT_OF_THIS_ELEMENT = [
    # two symbols, of which one says what the specimen is made of
    "Au particle O", "Pt particle C", "Cu grid O", "Si substrate N", "Ag wire O", "Au NP S",
    "Nb of counts", "Nb pixels", "Nb of frames", "Mn_thickness", "thickness Fe", "Fe_ratio",
    "Fe/O ratio", "Fe_snr", "O_thickness", "Fe_oxidation_state", "Fe_labels", "Fe binary",
    "Ni_temperature", "Sr_strain", "Fe_L3_L2_ratio", "O_var",
    # axes and units
    "Y axis", "C axis", "temp. C", "Temp K", "temperature C", "voltage V", "bias V", "HV (kV)",
    "field B", "force N", "power W", "Y position", "Y shift", "drift Y", "gradient Y", "time S",
    # formulas
    "Fe2O3", "Al2O3", "Mn3O4", "Co3O4", "Si3N4", "Sr2RuO4", "Cu2O", "B4C", "H2O", "Fe2O3 map",
    "Fe2O3 particle", "NiFe2O4",
]  # fmt: skip

STILL_READ = {
    "drift corrected Fe": "Fe", "Fe_shift_corr": "Fe", "temperature 300 Fe": "Fe", "Fe 200kV": "Fe",
    "Fe_300K": "Fe", "layer_2_Fe": "Fe", "O_energy_filtered": "O", "O_pos1": "O",
    "thickness corrected Fe": "Fe", "Fe2O3_Fe": "Fe", "TiO2_film_Ti": "Ti", "Fe2O3-O-K": "O",
    "Ni3Al_Ni K": "Ni", "Pt3Co Pt": "Pt", "particle_Au": "Au", "Au particle 3 Au": "Au",
    "Nb counts per pixel": "Nb", "Nb L frames 20": "Nb", "Y K": "Y", "O_layer1": "O", "FeKa1": "Fe",
    "OK1": "O", "Fe2": "Fe",
}  # fmt: skip

HAADFS = ["HAADF", "haadf", "ADF", "DF-S", "DF4", "HAADF-STEM", "raw_haadf", "1: HAADF",
          "SuperScan (HAADF)", "EDS_HAADF", "ADF1", "HAADF_1", "HAADF 1", "ADF Image (SI Survey)",
          "Df", "HAADFImage"]  # fmt: skip

NO_HAADF = ["Fe", "shadf", "HAADFish", "BF", "Dy", "MAADF", "LAADF", "ABF", "DF4-A", "ADF-B",
            "iDPC", "SE", "HAADF mask", "haadf model"]  # fmt: skip


@pytest.mark.parametrize(("name", "symbol"), SINGLE.items())
def test_the_element_of_a_single_name(name: str, symbol: str) -> None:
    assert symbol_in(name) == symbol
    # A HAADF image beside it and one more map change nothing.
    assert read_names(["HAADF", name])[1].role == symbol
    assert read_names(["HAADF", name, "Zr"])[1].role == symbol


@pytest.mark.parametrize("name", NO_ELEMENT)
def test_names_without_an_element(name: str) -> None:
    assert symbol_in(name) is None
    if name != "co":
        assert read_names(["HAADF", "Fe", "O", name])[3].role in (None, "HAADF")


@pytest.mark.parametrize("name", NOT_OF_THIS_ELEMENT)
def test_quantities_formulas_and_specimens_are_no_maps(name: str) -> None:
    """No element is made of them, and where there is one after all it is no other's map."""
    assert symbol_in(name) is None
    reading = read_names(["HAADF", "Zr", name])[2]
    assert reading.role is None
    assert reading.reason


@pytest.mark.parametrize(("name", "symbol"), STILL_READ.items())
def test_the_same_words_do_not_hide_an_element(name: str, symbol: str) -> None:
    for names in ([name], ["HAADF", name, "Zr"]):
        reading = next(each for each in read_names(names) if each.name == name)
        assert reading.role == symbol


@pytest.mark.parametrize("name", HAADFS)
def test_names_of_a_haadf_image(name: str) -> None:
    assert is_haadf_name(name)
    assert read_names([name, "Fe", "O"])[0].role == "HAADF"


@pytest.mark.parametrize("name", NO_HAADF)
def test_names_of_other_images(name: str) -> None:
    assert not is_haadf_name(name)


SETS = [
    ({"HAADF": "HAADF", "Co_align": "Co", "In_align": "In", "Pt_align": "Pt"}),
    ({"HAADF": "HAADF", "Fe_shifted": "Fe", "As_shifted": "As", "No_shifted": "No"}),
    ({"HAADF": "HAADF", "In_plane": "In", "Co_plane": "Co"}),
    (
        {
            "1245 SI HAADF 1245 20230412 Co": "Co",
            "1245 SI HAADF 1245 20230412 O": "O",
            "1245 SI HAADF 1245 20230412 HAADF": "HAADF",
        }
    ),
    ({"Si HAADF 3 Ni": "Ni", "Si HAADF 3 Si": "Si", "Si HAADF 3 HAADF": "HAADF"}),
    ({"1 SI HAADF Co (EDS)": "Co", "1 SI HAADF HAADF": "HAADF"}),
    ({"1 SI HAADF Co": "Co", "1 SI HAADF": "HAADF"}),
    ({"Fe_HAADF": "HAADF", "Fe_Fe": "Fe", "Fe_O": "O"}),
    ({"Co_0012": "Co", "O_0013": "O", "HAADF_0011": "HAADF"}),
    ({"sample_B_O": "O", "sample_B_HAADF": "HAADF", "sample_B_Fe": "Fe"}),
    ({"HAADF": "HAADF", "sample_B_O": "O", "sample_B_C": "C", "sample_B_N": "N"}),
    ({"Ni_run_2_C": "C", "Ni_run_2_O": "O", "Ni_run_2_Ni": "Ni", "Ni_run_2_HAADF": "HAADF"}),
    ({"X": None, "Y": None, "HAADF": "HAADF", "Ba": "Ba"}),
    ({"Y": "Y", "HAADF": "HAADF", "Ba": "Ba", "Cu": "Cu", "O": "O"}),
    ({"grid X": None, "grid Y": None, "HAADF": "HAADF", "Y": "Y"}),
    ({"DF4-A": None, "DF4-B": None, "DF4-C": None, "DF4-D": None, "HAADF": "HAADF", "C": "C"}),
    ({"A-C": None, "B-D": None, "iDPC": None, "DF4-A": None, "HAADF": "HAADF", "Fe": "Fe"}),
    ({"seg A": None, "seg B": None, "seg C": None, "HAADF": "HAADF"}),
    ({"haadf": "HAADF", "fe": "Fe", "o": "O"}),
    ({"haadf": "HAADF", "fe_map": "Fe", "o_map": "O"}),
    ({"HAADF": "HAADF", "co": "Co", "mn": "Mn"}),
    ({"HAADF": "HAADF", "FE": "Fe", "O": "O", "TI": "Ti"}),
    ({"HAADF": "HAADF", "Fe": "Fe", "re": None, "im": None, "no": None}),
    ({"HAADF": "HAADF", "Fe K": "Fe", "Fe L2,3": "Fe", "O K": "O"}),
    ({"Fe K": "Fe", "Fe L2,3": "Fe"}),
    ({"Fe_1": "Fe", "Fe_2": "Fe"}),
    ({"IMG1": None, "C K": "C", "Fe K": "Fe", "Pt M": "Pt"}),
    ({"HAADF": "HAADF", "As measured": None, "Ga": "Ga", "As": "As"}),
    ({"HAADF": "HAADF", "Carbon": "C", "Iron": "Fe"}),
    ({"HAADF": "HAADF", "BF-S": None, "DF-S": "HAADF", "S": "S"}),
    ({"HAADF": "HAADF", "La La1": "La", "Sr La": "Sr", "Mn K": "Mn"}),
    ({"Au particle HAADF": "HAADF", "Au particle O": "O", "Au particle Au": "Au"}),
    ({"HAADF": "HAADF", "Fe2O3": None, "Fe": "Fe", "O": "O"}),
    ({"Fe2O3 HAADF": "HAADF", "Fe2O3 Fe": "Fe", "Fe2O3 O": "O"}),
    ({"HAADF": "HAADF", "Mn": "Mn", "Mn_thickness": None, "O_thickness": None}),
    ({"HAADF": "HAADF", "Y axis": None, "Y": "Y", "Ba": "Ba"}),
    ({"HAADF": "HAADF", "temp. C": None, "C": "C", "Temp K": None, "K": "K"}),
    ({"thickness series HAADF": "HAADF", "thickness series Fe": "Fe"}),
    ({"HAADF": "HAADF", "Fe_film": "Fe", "O_film": "O"}),
    ({"Au on C HAADF": "HAADF", "Au on C Au": "Au", "Au on C C": "C"}),
]


@pytest.mark.parametrize("names", SETS, ids=lambda names: " | ".join(names))
def test_names_together(names: dict[str, str | None]) -> None:
    roles = {reading.name: reading.role for reading in read_names(list(names))}
    assert roles == names
    backwards = {reading.name: reading.role for reading in read_names(list(names)[::-1])}
    assert backwards == names


@pytest.mark.parametrize(
    ("names", "guessed"),
    [
        (["HAADF", "Fe", "O"], set()),
        (["HAADF", "O", "C"], set()),
        (["HAADF", "In"], {"In"}),
        (["HAADF", "In", "Ga"], set()),
        (["HAADF", "In_La"], set()),
        (["HAADF", "In_counts_bgsub"], {"In_counts_bgsub"}),
        (["HAADF", "STO film O"], {"STO film O"}),
        (["HAADF", "H"], {"H"}),
        (["haadf", "fe", "o"], {"fe", "o"}),
        (["HAADF", "O K", "Carbon"], set()),
        (["HAADF", "Fe O"], {"Fe O"}),
        (["HAADF", "sample_B_Fe", "Ni_run_2_C"], set()),
        (["HAADF", "O_fit"], {"O_fit"}),
        (["HAADF", "Fe_fit", "O_fit"], {"Fe_fit", "O_fit"}),
        (["HAADF", "Cu grid", "Fe"], {"Cu grid"}),
        (["HAADF", "Fe_shift"], {"Fe_shift"}),
    ],
)
def test_what_is_guessed_is_marked(names: list[str], guessed: set[str]) -> None:
    readings = read_names(names)
    assert {reading.name for reading in readings if reading.guess} == guessed
    assert all(reading.role for reading in readings)


def test_the_reason_is_given() -> None:
    reasons = {r.name: r.reason for r in read_names(["HAADF", "Co_K", "sum", "BF-S", "CoK MnK"])}
    assert reasons == {
        "HAADF": "its name is one of a HAADF image",
        "Co_K": "its name holds the symbol Co",
        "sum": "its name holds no single element symbol",
        "BF-S": "'BF' is another signal",
        "CoK MnK": "its name holds several symbols: Co, Mn",
    }


def test_long_names_and_many_names_are_read_in_time() -> None:
    names = [("Fe O " * 10_000) + str(number) for number in range(256)]
    assert {reading.role for reading in read_names(names)} == {"Fe"}


@pytest.mark.parametrize("name", ["\ud800", "\0", "\u0660 Fe", "Fe" * 200, "\u212b Fe", "-", "__"])
def test_any_text_is_a_name(name: str) -> None:
    assert read_names([name, "Fe"])[1].role == "Fe"
