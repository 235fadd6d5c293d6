"""Colours named by number, as HEIF, AVIF, PNG and ICC profiles do it (ITU-T H.273)."""

from __future__ import annotations

from lightgate.adapters.pixels.colour.profiles import SRGB_CURVE, SRGB_PRIMARIES, Primaries, rgb_profile

#: transfer characteristics of BT.2100: perceptual quantizer and hybrid log-gamma
PQ, HLG = 16, 18
_D65, _C = (0.3127, 0.3290), (0.310, 0.316)
#: Source: H.273 table 2; what is not here is BT.709's
PRIMARIES: dict[int, Primaries] = {
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, *_C),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, *_C),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),
}
#: Source: H.273 table 3, and ICC.1:2022 §10.18 for the order; what is not here is sRGB's. What is graded for the curves
#: of BT.709, BT.601 and BT.2020 is shown by the display's, BT.1886, as Chromium does
_CURVES: dict[int, tuple[float, ...]] = {
    **dict.fromkeys((1, 6, 14, 15), (2.4,)),
    4: (2.2,),
    5: (2.8,),
    7: (1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4, 0.0913),
    8: (1.0,),
    # DCI: white is 48 of 52.37 cd/m²
    17: (2.6, (52.37 / 48) ** (1 / 2.6), 0.0, 0.0, 0.0),
}
#: what phones and encoders call sRGB pictures in HEIF and AVIF, where a film's numbers are left as they were
_OF_FILM = frozenset({1, 6, 14, 15})
_SRGB = 13


def is_hdr(transfer: int) -> bool:
    """Say whether a transfer's white is not the brightest that there is."""
    return transfer in {PQ, HLG}


def profile_of(primaries: int, transfer: int) -> bytes:
    """Make the profile of a pair that is not HDR."""
    return rgb_profile(PRIMARIES.get(primaries, SRGB_PRIMARIES), _CURVES.get(transfer, SRGB_CURVE))


def profile_of_still(primaries: int, transfer: int) -> bytes:
    """Make that of a pair in an HEIF or AVIF: video's curves stand there on sRGB, as Chromium has it."""
    return profile_of(primaries, _SRGB if transfer in _OF_FILM else transfer)
