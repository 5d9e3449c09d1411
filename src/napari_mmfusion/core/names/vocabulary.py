"""Words in the names of images, and what they say of the image."""

from __future__ import annotations

import re
from typing import Final

from napari_mmfusion.core.elements import SYMBOLS

WORDLIKE: Final = frozenset({"As", "At", "Am", "Be", "He", "I", "In", "No"})
"""Symbols that are English words too, or that stand for an intensity."""

NEVER_MAPPED: Final = frozenset({"At", "No"})
"""Of these nobody has ever made a map: "No 3" is a number, "At %" a unit."""

WITHOUT_LINE: Final = frozenset({"H", "He"})
"""Elements without an X-ray line."""

CONTEXT: Final = frozenset(
    """
    a alpha aligned align amount area at atomic average averaged b background beta bg bgsub bin
    binned bkg bkgd channel ch chan concentration content corr corrected counts count cps cropped
    deconvolved denoised density distribution edge edx eds edxs eels eftem element elemental family
    filtered float fraction g gamma gross image images img intensity int integrated k l line lines
    m map maps mass masked mean measured mol n net norm normalised normalized of pct peak percent
    processed quant quantified raw reg registered scaled si sig signal smoothed spectral sub
    subtracted sum the tif tiff total weight window wt xeds xray x-ray
    """.split()
) - {"measured"}
"""Words that say how a map was made, not of what."""

LABELS: Final = frozenset(
    """
    area axis batch column condition detector fig figure frame grid group lamella layer lot no
    panel part particle phase plane plate point pos position quadrant region roi row run sample
    scan sector seg segment series session set site slice specimen spot stage step tile type unit
    version zone
    """.split()
)
"""Words after which a single letter is a label: "sample B"."""

DETECTORS: Final = frozenset(
    """
    abf bf bse bsed com cbed ddpc dpc icom idpc laadf maadf mladf pacbed se sed sei tem ucstem
    """.split()
)
"""Signals other than the HAADF image and chemical maps."""

DERIVED: Final = frozenset(
    """
    background baseline bkg bkgd chi chi2 deviation error errors fused mask masks model recon
    reconstructed reconstruction residual residuals
    sigma spectra spectrum std stdev uncertainty var variance
    """.split()
)
"""Words of images that were computed beside a map; "background subtracted" is none of these."""

QUANTITIES: Final = frozenset(
    """
    binary centroid clusters contour distance entropy fwhm kmeans label labels mfp oxidation onset
    pvalue ratio ratios segmentation segmented slope snr strain temperature thickness thresholded
    valence
    """.split()
)
"""Words of what is computed from maps or measured beside them: "Mn thickness" is no amount."""

BESIDE_LETTERS: Final = frozenset(
    """
    angle axis bias coord coordinate coordinates current direction displacement drift dwell energy
    field force frequency gradient offset pos position power pressure scale shift temp temperature
    tilt time voltage
    """.split()
)
"""Words beside which a letter is an axis, a unit or what stands for a quantity: "Y axis"."""

DOUBTFUL: Final = frozenset(
    """
    cluster displacement drift fit fits fitted gradient offset phase phases pos position scale
    shift width
    """.split()
)
"""Words that leave open whether an image is a map of the element in its name."""

SPECIMENS: Final = frozenset(
    """
    alloy cap coating core cube cubes crystal dot film flake foil fiber fibre grain grid holder
    island lamella layer matrix membrane multilayer nanocrystal nanoparticle nanoparticles nanorod
    nanotube nanowire np nps oxide nitride carbide sulfide particle particles precipitate rod seed
    on shell sphere standard substrate support tip wire
    """.split()
)
"""Words after a symbol that make it a description of the specimen: "Au particle"."""

COUNTED: Final = frozenset("electrons events frames of pixels points scans".split())
"""Words before which Nb is short for a number."""

QUALIFIED: Final = re.compile(r"(?:sub|rem|corr|free|less|comp|align|resol|filter|seri|laps)[a-z]*")
"""What may follow a word such as "drift" or "energy" in the name of a map."""

REMOVED: Final = re.compile(r"(?:sub|rem|corr|free|less)[a-z]*|off")
"""What may follow "background" in the name of a map."""

ABBREVIATIONS: Final = frozenset({"SE", "SI"})
"""Words in capitals that are no symbols in capitals."""

DARK_FIELD: Final = re.compile(r"haadf|adf|df", re.IGNORECASE)
SEGMENTED: Final = frozenset({"adf", "df"})
"""Dark-field detectors whose segments have letters: DF4-A."""

_NAMES: Final = """
    H hydrogen He helium Li lithium Be beryllium B boron C carbon N nitrogen O oxygen F fluorine
    Ne neon Na sodium Mg magnesium Al aluminium Al aluminum Si silicon P phosphorus S sulphur
    S sulfur Cl chlorine Ar argon K potassium Ca calcium Sc scandium Ti titanium V vanadium
    Cr chromium Mn manganese Fe iron Co cobalt Ni nickel Cu copper Zn zinc Ga gallium Ge germanium
    As arsenic Se selenium Br bromine Kr krypton Rb rubidium Sr strontium Y yttrium Zr zirconium
    Nb niobium Mo molybdenum Tc technetium Ru ruthenium Rh rhodium Pd palladium Ag silver Cd cadmium
    In indium Sn tin Sb antimony Te tellurium I iodine Xe xenon Cs caesium Cs cesium Ba barium
    La lanthanum Ce cerium Pr praseodymium Nd neodymium Pm promethium Sm samarium Eu europium
    Gd gadolinium Tb terbium Dy dysprosium Ho holmium Er erbium Tm thulium Yb ytterbium Lu lutetium
    Hf hafnium Ta tantalum W tungsten Re rhenium Os osmium Ir iridium Pt platinum Au gold Hg mercury
    Tl thallium Pb lead Bi bismuth Th thorium U uranium Np neptunium Pu plutonium Am americium
    Cm curium
""".split()
ENGLISH: Final = dict(zip(_NAMES[1::2], _NAMES[::2], strict=True))
"""The symbol of each English name."""

NUMBERS: Final = {symbol: z for z, symbol in enumerate(SYMBOLS, start=1)}

_LIGHTEST: Final = {"K": 3, "L": 11, "M": 19, "N": 37}
"""The first element with lines or edges of each shell."""


def has_shell(symbol: str, shell: str) -> bool:
    """Whether an element has lines or edges of a shell.

    Examples
    --------
    >>> has_shell("C", "K"), has_shell("C", "L")
    (True, False)
    """
    return NUMBERS[symbol] >= _LIGHTEST[shell.upper()]
