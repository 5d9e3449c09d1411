"""Chemical elements: symbols, atomic numbers, and the symbol inside a map's name."""

from __future__ import annotations

import re
from typing import Final

from napari_mmfusion.core.errors import MMFusionDataError

HAADF: Final = "HAADF"
"""Name of the HAADF image where images are listed by name."""

SYMBOLS: Final[tuple[str, ...]] = tuple(
    """
    H  He Li Be B  C  N  O  F  Ne Na Mg Al Si P  S  Cl Ar K  Ca Sc Ti V  Cr Mn Fe Co Ni Cu Zn
    Ga Ge As Se Br Kr Rb Sr Y  Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I  Xe Cs Ba La Ce Pr Nd
    Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W  Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th
    Pa U  Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
    """.split()
)
"""Element symbols in order of atomic number; ``SYMBOLS[0]`` is hydrogen."""

_ATOMIC_NUMBERS: Final = {symbol: z for z, symbol in enumerate(SYMBOLS, start=1)}

# Symbols that are English words too, or that name an X-ray shell: alone in a name they are
# elements, beside unknown words ("As measured", "In plane") they are not.
_WORDLIKE: Final = frozenset({"As", "At", "Am", "Be", "He", "I", "In", "No"})
_SHELL: Final = re.compile(r"[KLMN](?:a|b|alpha|beta|\u03b1|\u03b2)?")
_CONTEXT: Final = frozenset(
    """
    a b alpha beta \u03b1 \u03b2 at atomic channel counts edge edx eds eels element fraction image
    img intensity k l line m map maps n net of percent quant raw signal the wt xeds xray
    """.split()
)
_HAADF: Final = re.compile(
    r"(?:^|[^a-z])(?:raw_)?(?:haadf|adf|df-?s|df\d?)(?:[^a-z]|$)", re.IGNORECASE
)


def atomic_number(symbol: str) -> int:
    """Atomic number Z of an element symbol.

    Raises
    ------
    MMFusionDataError
        If `symbol` is not one of the 118 symbols, in their usual spelling.

    Examples
    --------
    >>> atomic_number("Dy")
    66
    """
    try:
        return _ATOMIC_NUMBERS[symbol]
    except KeyError:
        raise MMFusionDataError(
            f"{symbol!r} is not an element symbol; rename the map to one (such as 'Fe')"
            " or give its atomic number with atomic_numbers={...}"
        ) from None


def symbol_in(name: str) -> str | None:
    """Element symbol a map's name stands for, or None.

    The symbol may stand beside an X-ray line, an EELS edge or words such as "map of".
    Symbols are case-sensitive; a name that holds two elements stands for neither.

    Examples
    --------
    >>> [symbol_in(name) for name in ("Co", "Co_K", "Fe-L2,3", "O K", "map of Sc")]
    ['Co', 'Co', 'Fe', 'O', 'Sc']
    >>> [symbol_in(name) for name in ("Intensity", "As measured", "CoO", "Co and Mn")]
    [None, None, None, None]
    """
    words = [word for word in re.split(r"[^A-Za-z\u03b1\u03b2]+", name) if word]
    found: list[str] = []
    unknown = False
    for word in words:
        if found and _SHELL.fullmatch(word):
            continue
        if word in _ATOMIC_NUMBERS:
            found.append(word)
        elif word.lower() not in _CONTEXT:
            unknown = True
    if len(set(found)) != 1 or (unknown and found[0] in _WORDLIKE):
        return None
    return found[0]


def is_haadf_name(name: str) -> bool:
    """Whether a name is one of those used for the annular dark-field image.

    Examples
    --------
    >>> [is_haadf_name(name) for name in ("HAADF", "HAADF-STEM", "DF-S", "DF4", "Fe")]
    [True, True, True, True, False]
    """
    return _HAADF.search(name) is not None
