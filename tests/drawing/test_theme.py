"""The palette: one set of tokens, readable, and apart for those who see fewer colours."""

from __future__ import annotations

import tomllib
from itertools import combinations

import numpy as np
import pytest

from shortplank.drawing.theme import DARK, FONT, LIGHT, Tokens, contrast
from tools.browser import REPOSITORY

THEMES = (LIGHT, DARK)
# Machado, Oliveira and Fernandes (2009), severity 1.0: what each kind of eye sees of linear RGB.
MACHADO = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    scaled = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("tokens", THEMES)
def test_type_is_readable(tokens: Tokens) -> None:
    assert contrast(tokens.ink, tokens.paper) >= 7
    for name in ("muted", "better", "worse", "higher", "lower", "similar"):
        assert contrast(getattr(tokens, name), tokens.paper) >= 4.5, name


@pytest.mark.parametrize("tokens", THEMES)
@pytest.mark.parametrize("eye", MACHADO)
def test_better_and_worse_stay_apart_for_every_eye(tokens: Tokens, eye: str) -> None:
    matrix = np.array(MACHADO[eye])
    for one, other in combinations(("better", "worse"), 2):
        seen = [lab(matrix @ linear(getattr(tokens, name))) for name in (one, other)]
        assert np.linalg.norm(seen[0] - seen[1]) > 20, (one, other)


@pytest.mark.parametrize(("theme", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_streamlit_has_the_same_tokens(theme: str, tokens: Tokens) -> None:
    config = tomllib.loads((REPOSITORY / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    ours = config[theme]
    assert ours["backgroundColor"] == tokens.paper
    assert ours["textColor"] == tokens.ink
    assert ours["borderColor"] == tokens.grid
    assert ours["blueColor"] == tokens.better
    assert ours["orangeColor"] == tokens.worse
    assert config["font"].replace(", ", ",") == FONT
