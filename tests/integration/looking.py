"""Looking at a page as a critical person does: does it fit, does anything cover anything, can everybody read it."""

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
    "large": {"width": 1920, "height": 1080},
}
THEMES = ("light", "dark")
ARTEFACTS = Path(os.environ.get("CLEANWATCH_ARTEFACTS", Path(__file__).parents[2] / "artefacts"))
"""Where the pictures go, for people to look at."""
SERIOUS = ("serious", "critical")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

RUN_AXE = """async (rules) => {
  const found = await axe.run(document, { resultTypes: ["violations"], runOnly: rules });
  return found.violations.map((v) => ({ rule: v.id, impact: v.impact, count: v.nodes.length,
    first: v.nodes[0].target.join(" "), why: v.nodes[0].failureSummary }));
}"""
STILL = """
*, *::before, *::after { transition: none !important; animation: none !important }
@media (max-width: 760px) { #navigation { position: static !important } }
"""
"""Nothing moves; and the bar of a phone, below which one can scroll, covers nothing."""
COVERED = Path(__file__).with_name("covered.js").read_text()
WIDER = "() => document.documentElement.scrollWidth - innerWidth"


class Look:
    """One page that is open, made ready to be looked at; `still` where nobody goes on with it afterwards."""

    def __init__(self, page: Page, *, still: bool = True) -> None:
        self._page = page
        if not still:
            return
        page.add_style_tag(content=STILL)
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text())

    def at(self, size: str, theme: str) -> None:
        """Take that size and theme, as the button in the bar does it."""
        self._page.set_viewport_size(SIZES[size])
        self._page.evaluate(
            "(theme) => { document.documentElement.dataset.theme = theme;"
            " document.documentElement.setAttribute('data-mantine-color-scheme', theme) }",
            theme,
        )

    def unreadable(self, *rules: str) -> list[str]:
        """What axe finds serious or critical, each with the first place where it is so."""
        found: list[dict[str, Any]] = self._page.evaluate(RUN_AXE, list(rules or RULES))
        return [
            f"{one['rule']} ({one['count']}): {one['first']}: {one['why']}"
            for one in found
            if one["impact"] in SERIOUS
        ]

    def misplaced(self) -> list[str]:
        """What stands beyond the window's edge, or lies on something else to read or touch."""
        wider = int(self._page.evaluate(WIDER))
        covered: list[str] = self._page.evaluate(COVERED)
        return [f"{wider} pixels wider than the window"] * (wider > 0) + [
            f"on each other: {pair}" for pair in covered
        ]

    def keep(self, name: str) -> None:
        """Take a picture of what is seen at first."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self._page.screenshot(path=ARTEFACTS / f"{name}.png")


def violations(page: Page) -> list[str]:
    """What the content security policy has forbidden since the page was opened (`listen` must have come before)."""
    return list(json.loads(page.evaluate("JSON.stringify(window.forbidden || [])")))


def listen(page: Page) -> None:
    """Have the page note what its content security policy forbids."""
    page.add_init_script(
        "window.forbidden = []; document.addEventListener('securitypolicyviolation',"
        " (event) => window.forbidden.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`))"
    )
