"""Evens the sound out: as loud as others and throughout, by EBU R128, measured first and then set (two passes)."""

import json
import math
from collections.abc import Mapping

from recordings.renditions.recipes import measuring as measuring_with

FACT = "loudness"
# -16 LUFS is what podcasts are played at (AES TD1008); -1.5 dBTP leaves room for what encoding adds to the peaks.
TARGET = "loudnorm=I=-16:TP=-1.5:LRA=11"
# What the filter takes for measured values (ffmpeg, af_loudnorm.c); silence measures as -inf.
BOUNDS = {
    "measured_I": ("input_i", -99.0, 0.0),
    "measured_TP": ("input_tp", -99.0, 99.0),
    "measured_LRA": ("input_lra", 0.0, 99.0),
    "measured_thresh": ("input_thresh", -99.0, 0.0),
    "offset": ("target_offset", -99.0, 99.0),
}
SILENT = -70.0  # LUFS: the gate of R128; below it there is nothing to make louder


def measuring(*, source: str, media_type: str) -> list[str]:
    """Return ffmpeg's arguments for the first pass. It says what it measured as its last words."""
    arguments = measuring_with(source=source, media_type=media_type, evening=f"{TARGET}:print_format=json")
    return ["-loglevel", "info", *arguments]


def read(said: str) -> dict[str, float]:
    """Return what the first pass measured, by the filter's names; empty where it measured nothing, or silence."""
    start, end = said.rfind("{"), said.rfind("}")
    try:
        facts = json.loads(said[start : end + 1])
        found = {name: float(facts[key]) for name, (key, _low, _high) in BOUNDS.items()}
    except (ValueError, KeyError, TypeError):
        return {}
    if not all(math.isfinite(value) for value in found.values()) or found["measured_I"] <= SILENT:
        return {}
    return {name: min(max(found[name], low), high) for name, (_key, low, high) in BOUNDS.items()}


def filter_of(measured: Mapping[str, float]) -> str:
    """Return the filter of the second pass; "" where there is nothing to even out."""
    if not measured:
        return ""
    return ":".join([TARGET, *(f"{name}={value:g}" for name, value in measured.items()), "linear=true"])
