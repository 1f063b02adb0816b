"""Drives the demo's page in a real browser, as a person with a keyboard and a file chooser would."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from playwright.async_api import Browser, Locator, Page, TimeoutError, async_playwright  # noqa: A004 - what playwright raises

from bot.demo.page import show_page

_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE_MS = 30_000
_TRIES, _SENT_MS = 5, 2_500
_CHANGING_MS = 1_500
_SETTLING_LOOKS, _LOOK_MS = 25, 100
_STICKING_OUT = """() => [...document.querySelectorAll('main article *')]
    .filter(each => each.children.length === 0 && each.textContent.trim() && each.checkVisibility()
        && each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(each => each.textContent.trim())"""

_State: TypeAlias = Literal["attached", "detached", "hidden", "visible"]


def chromium() -> str | None:
    """The browser of this machine, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class DemoPage:
    """The page as one person has it open."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def become(self, name: str) -> None:
        """Look as somebody else; the page says nothing of having changed sides, so it is given a moment."""
        await self.page.locator("select").first.select_option(label=name)
        await self.page.wait_for_timeout(_CHANGING_MS)

    async def send(self, command: str, options: Mapping[str, str | Path], tries: int = _TRIES) -> None:
        """Type a slash command, fill in its options by name and send it; `tries` presses at most."""
        await self.page.get_by_role("textbox").last.click()
        await self.page.keyboard.type(f"/{command}")
        await self.page.locator(".command-popup:not([hidden])").wait_for()
        await self.page.keyboard.press("Enter")
        await self.page.locator(".command-chip").wait_for()
        for name, value in options.items():
            await self._fill(name, value)
        await self._press_send(tries)

    async def reply(self, to: str, text: str) -> None:
        """Answer the first message that contains `to`, as one does with the arrow beside it."""
        message, answering = self.page.locator("article", has_text=to).first, self.page.locator("#reply-context")

        async def begin() -> None:
            await message.hover(timeout=_SENT_MS)
            await message.get_by_role("button", name="Reply").click(timeout=_SENT_MS)

        await _until(begin, answering, "visible")
        await self.page.get_by_role("textbox").last.fill(text)
        await _until(partial(self.page.locator("#send-message").click, timeout=_SENT_MS), answering, "hidden")

    async def _press_send(self, tries: int) -> None:
        send = partial(self.page.locator("#send-message").click, timeout=_SENT_MS)
        await _until(send, self.page.locator(".command-chip"), "detached", tries)

    async def _fill(self, name: str, value: str | Path) -> None:
        pill = self.page.locator(f'.command-pill[data-option="{name}"]')
        if await pill.count() == 0:
            await self.page.locator(".command-ghost").click()
            await self.page.locator(f'.command-suggestion[data-value="{name}"]').click()
            await pill.wait_for()
        if isinstance(value, Path):
            await pill.locator('input[type="file"]').set_input_files(str(value))
            return
        await pill.locator("input").first.fill(value)
        choice = self.page.locator(f'.command-suggestion[data-value="{value}"]')
        if await choice.count():
            await choice.first.click()

    async def open_form(self, button: str | re.Pattern[str], field: str) -> Locator:
        """Press a message's newest button and return this field of its form."""
        shown = self.page.get_by_role("textbox", name=field)
        await _until(
            partial(self.page.get_by_role("button", name=button).last.click, timeout=_SENT_MS), shown, "visible"
        )
        return shown

    async def submit_form(self, field: str) -> None:
        """Send the open form, which has this field, and see it closed."""
        submit = partial(self.page.get_by_role("button", name="Submit").click, timeout=_SENT_MS)
        await _until(submit, self.page.get_by_role("textbox", name=field), "hidden")

    async def see(self, text: str | re.Pattern[str]) -> None:
        """Wait until this text is on the page.

        Raises:
            playwright's TimeoutError: it does not appear.
        """
        await self.page.get_by_text(text).last.wait_for(timeout=_PATIENCE_MS)

    async def see_no_more(self, text: str) -> None:
        """Wait until this text is gone from the page. Raises as `see`."""
        await self.page.get_by_text(text).first.wait_for(state="hidden", timeout=_PATIENCE_MS)

    async def see_picture(self, alt: str) -> tuple[int, int]:
        """Wait until the last picture with this alt text is loaded; returns its own size in pixels."""
        handle = await self.page.wait_for_function(
            """alt => {
                const found = [...document.images].filter(each => each.alt.includes(alt) && each.naturalWidth > 0);
                return found.length ? [found.at(-1).naturalWidth, found.at(-1).naturalHeight] : null;
            }""",
            arg=alt,
            timeout=_PATIENCE_MS,
        )
        width, height = await handle.json_value()
        return int(width), int(height)

    async def overflowing(self) -> list[str]:
        """Texts of messages that stick out of the page's width, and stay so.

        A page that was just opened is drawn for another width first: for a moment even its own lines stick out.
        """
        for _ in range(_SETTLING_LOOKS):
            if not await self.page.evaluate(_STICKING_OUT):
                return []
            await self.page.wait_for_timeout(_LOOK_MS)
        return await self.page.evaluate(_STICKING_OUT)


async def _until(act: Callable[[], Awaitable[None]], sign: Locator, state: _State, tries: int = _TRIES) -> None:
    """Do something, again and again until its sign is there: the page takes nothing in while it is redrawn.

    Raises:
        playwright's TimeoutError: the sign does not come.
    """
    for _ in range(tries):
        with suppress(TimeoutError):
            await act()
        with suppress(TimeoutError):
            await sign.wait_for(state=state, timeout=_SENT_MS)
            return
    await sign.wait_for(state=state, timeout=_SENT_MS)


@asynccontextmanager
async def demo_in_browser(width: int = 1100, height: int = 1000) -> AsyncGenerator[DemoPage]:
    """Start the demo and open its page; closes both."""
    announced: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    demo = asyncio.create_task(show_page(announced), name="demo")
    try:
        await asyncio.wait((demo, announced), return_when=asyncio.FIRST_COMPLETED)
        if demo.done():
            demo.result()
        async with async_playwright() as playwright:
            browser: Browser = await playwright.chromium.launch(executable_path=chromium(), args=list(_QUIET))
            page = await browser.new_page(viewport={"width": width, "height": height})
            await page.goto(await announced)
            await page.get_by_text("Welcome to Easel").last.wait_for()
            yield DemoPage(page)
            await browser.close()
    finally:
        demo.cancel()
        await asyncio.gather(demo, return_exceptions=True)
