"""Every place of the page, how one gets there, and what one sees: one line a place."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect


@dataclass(frozen=True, slots=True)
class Place:
    """Found by test ids, so that it is found in any language."""

    name: str
    go: Callable[[Page], None]
    shows: str
    """The test id of what is to be seen there."""


def at(address: str) -> Callable[[Page], None]:
    """Go to an address, also where one is there already, and leave what stands open."""

    def go(page: Page) -> None:
        page.keyboard.press("Escape")
        page.evaluate("to => { location.hash = 'elsewhere'; location.hash = to }", address)

    return go


def press(what: str, place: str = "now") -> Callable[[Page], None]:
    """Press something at an address."""

    def go(page: Page) -> None:
        at(place)(page)
        page.get_by_test_id(what).click()

    return go


def unfold(what: str, place: str = "now") -> Callable[[Page], None]:
    """Unfold something at an address."""

    def go(page: Page) -> None:
        at(place)(page)
        page.get_by_test_id(what).locator("summary").first.click()

    return go


def escape(page: Page) -> None:
    page.keyboard.press("Escape")


# They are walked in this order: the result is what Escape leaves of the pause.
PLACES = (
    Place("now", at("now"), "value-heart_rate"),
    Place("why", press("why-now"), "gate-held"),
    Place("quiet", press("quiet"), "quiet-dialog"),
    Place("trends", at("trends"), "trends"),
    Place("trends as tables", press("as-table", "trends"), "day"),
    Place("trends as charts", press("as-table", "trends"), "day"),
    Place("settings", at("settings"), "set-offers"),
    Place("data", at("data"), "export-all"),
    Place("help", at("help"), "help-list"),
    Place("strap", at("strap"), "strap-sentence"),
    Place("practices", at("practices"), "practices"),
    Place("journal", at("journal"), "journal-place"),
    Place("proxy", unfold("proxy"), "proxy-value"),
    Place("pause", press("pause-now"), "line"),
    Place("result", escape, "row-before"),
)


def visit(page: Page, place: Place) -> None:
    """Go there, and wait until it is there."""
    place.go(page)
    expect(page.get_by_test_id(place.shows).first).to_be_visible()
