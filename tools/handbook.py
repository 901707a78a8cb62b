"""The handbook's pictures, taken anew from the demo county, and all as one file: `make handbook`.

`python -m tools.handbook [--pictures a,b]`
"""

from __future__ import annotations

import argparse
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from shortplank.topics.handbook.answer import FOLDER, one_file
from tools.browser import REPOSITORY, launch, open_tab, serving
from tools.look import settled

# A picture is as wide as a county office's screen, and shows what stands on it.
WIDTH, HEIGHT = 1366, 768
# Spread over all that there are: the few blue and orange words say better and worse.
COLOURS = 256


@dataclass(frozen=True)
class Shot:
    """A picture of a page: what its link names, and how much of the page is shown."""

    page: str
    query: str = ""
    height: int = HEIGHT


SHOTS: dict[str, Shot] = {
    "overview": Shot("overview"),
    "rankings": Shot("rankings", "indicator=migrant_filing"),
    "trends": Shot("trends", "indicator=policy_compliance&window=month"),
    "short_plank": Shot("short_plank", height=900),
    "briefing": Shot("briefing", height=1000),
    "present": Shot("rankings", "indicator=migrant_filing&present=1"),
    "tray": Shot("tray"),
    "imports": Shot("imports", height=420),
    "data_quality": Shot("data_quality"),
    "dictionary": Shot("dictionary"),
    "filing": Shot("filing", "area=990101101", height=520),
    "audit": Shot("audit", height=600),
}


def main() -> None:
    """Take the pictures, and write the handbook into ``dist/``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", default="", help="some of them, by name")
    named = [name for name in parser.parse_args().pictures.split(",") if name]
    with serving() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        for name in named or SHOTS:
            path = FOLDER / "images" / f"{name}.png"
            take(browser, server.url, SHOTS[name], path)
            print(path, path.stat().st_size)
        browser.close()
    whole = REPOSITORY / "dist" / "handbook.html"
    whole.parent.mkdir(exist_ok=True)
    whole.write_bytes(one_file())
    print(whole, whole.stat().st_size)


def take(browser: Browser, url: str, shot: Shot, path: Path) -> None:
    """Write one picture, in light colours."""
    context = browser.new_context(
        locale="zh-CN",
        viewport={"width": WIDTH, "height": shot.height},
        color_scheme="light",
    )
    page = open_tab(context)
    page.goto(f"{url}/{shot.page}?{shot.query}")
    settled(page)
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    few = picture.convert("RGB").quantize(
        COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    )
    few.save(path, optimize=True)


if __name__ == "__main__":
    main()
