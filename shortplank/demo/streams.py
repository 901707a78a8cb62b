"""One stream of random numbers a topic, so that a change in one topic leaves the others alone."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, topic: str) -> np.random.Generator:
    """Return the PCG64 generator of a topic; the same seed and topic give the same draws."""
    key = np.random.SeedSequence([seed, zlib.crc32(topic.encode())])
    return np.random.Generator(np.random.PCG64(key))
