"""Asking axe, from outside the page's own scripts, which its rules would not let in."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "dashboard/node_modules/axe-core/axe.min.js"


def findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run().then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].html}`))"
    )
    return [str(one) for one in found]
