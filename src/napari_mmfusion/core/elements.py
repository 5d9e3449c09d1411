"""Chemical elements: symbols and atomic numbers."""

from __future__ import annotations

from typing import Final

from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.wording import Argument, Text

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
            Text(
                "{} is not an element symbol; rename the map to one (such as 'Fe') or give its"
                " atomic number with {}",
                repr(symbol),
                Argument("atomic_numbers", value="{...}"),
            )
        ) from None
