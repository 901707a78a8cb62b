"""Pictures of every page at both sizes and in both themes, to be looked at: `make look`.

`python -m tools.look [--workspace FOLDER] [--out FOLDER] [--pages a,b] [--query k=v&...]`
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools.browser import REPOSITORY, launch, open_tab, serving

SIZES = ((1366, 768), (1920, 1080))
THEMES = ("light", "dark")


def main() -> None:
    """Write one PNG a page, size and theme."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "look")
    parser.add_argument("--pages", default="")
    parser.add_argument("--query", default="")
    parser.add_argument("--quick", action="store_true", help="1366×768, light only")
    options = parser.parse_args()
    names = [path.stem for path in sorted((REPOSITORY / "pages").glob("*.py"))]
    wanted = [name for name in options.pages.split(",") if name] or names
    options.out.mkdir(parents=True, exist_ok=True)
    with serving(options.workspace) as server, sync_playwright() as playwright:
        browser = launch(playwright)
        for theme in THEMES[:1] if options.quick else THEMES:
            for size in SIZES[:1] if options.quick else SIZES:
                for name in wanted:
                    path = options.out / f"{name}-{size[0]}x{size[1]}-{theme}.png"
                    url = f"{server.url}/{name}?{options.query}"
                    picture(browser, url, path, size=size, theme=theme)
                    print(path)
        browser.close()


def picture(browser: Browser, url: str, path: Path, *, size: tuple[int, int], theme: str) -> None:
    """Write the whole page, as tall as it is, when it has finished drawing."""
    context = browser.new_context(
        locale="zh-CN",
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = open_tab(context)
    page.goto(url)
    settled(page)
    height = page.evaluate(
        "() => document.querySelector('.stMainBlockContainer')?.scrollHeight ?? 0"
    )
    page.set_viewport_size({"width": size[0], "height": max(size[1], int(height) + 40)})
    settled(page)
    page.screenshot(path=path)
    context.close()


def settled(page: Page) -> None:
    """Wait until the stamp stands and nothing is running or being drawn."""
    page.wait_for_selector(".stamp, [data-testid=stAlert]", timeout=60_000)
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=stStatusWidget], [data-testid$=Skeleton]')"
        " && [...document.querySelectorAll('[data-testid^=stBidiComponent]')]"
        ".every(part => part.shadowRoot || part.childElementCount)"
        " && [...document.querySelectorAll('.chart .plot')].every(p => p._fullLayout)"
        # A legend's place follows a picture.
        " && (!document.querySelector('[data-made$=\"-legend\"]')"
        " || document.querySelector('.js-plotly-plot'))",
        timeout=60_000,
    )
    page.wait_for_timeout(400)


if __name__ == "__main__":
    main()
