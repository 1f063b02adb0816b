"""A plain HTTP caller for the simulated provider, which knows one valid request for each of its sites."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import aiohttp
from PIL import Image

from bot.demo.provider import Behaviour, SimulatedProvider, Site
from bot.domain.models import MAX, MAX_MULTI
from tests.demo.stepped_clock import SteppedClock

KEY = "simulated-key"
KEYED = {"Authorization": f"Bearer {KEY}"}
PLAIN_CALLS: dict[Site, tuple[str, str, dict[str, Any]]] = {
    Site.LIST: ("POST", "/predictions", {"json": {}}),
    Site.PRICE: ("POST", "/model/price", {"json": {"model_id": MAX.id, "inputs": {}}}),
    Site.MODELS: ("GET", "/models", {}),
    Site.BALANCE: ("GET", "/balance", {}),
    Site.BILLING: ("POST", "/billings/search", {"json": {}}),
    Site.TICKET: ("POST", "/media/uploads", {"json": {"filename": "a.png", "size": 9, "content_type": "image/png"}}),
}


def picture(colour: str = "navy", size: tuple[int, int] = (120, 80)) -> bytes:
    """A small PNG of one colour."""
    output = io.BytesIO()
    Image.new("RGB", size, colour).save(output, "PNG")
    return output.getvalue()


@dataclass(frozen=True, slots=True)
class ReadReply:
    """What came back: the whole body, read."""

    status: int
    headers: dict[str, str]
    body: bytes
    json: Any = None

    @property
    def data(self) -> Any:
        return self.json["data"]


@dataclass(slots=True)
class Bench:
    """The running provider with one HTTP session on it."""

    provider: SimulatedProvider
    clock: SteppedClock
    session: aiohttp.ClientSession
    base_url: str

    async def ask(self, method: str, url: str, *, keyed: bool = True, **options: Any) -> ReadReply:
        """Send one request; a path is taken below the API's base address."""
        address = url if url.startswith("http") else f"{self.base_url}{url}"
        headers = {**(KEYED if keyed else {}), **options.pop("headers", {})}
        async with self.session.request(method, address, headers=headers, allow_redirects=False, **options) as response:
            body = await response.read()
            is_json = response.ok and response.content_type == "application/json"
            parsed = await response.json() if is_json and body.startswith((b"{", b"[")) and body[-1:] in b"}]" else None
            return ReadReply(response.status, dict(response.headers), body, parsed)

    async def ticket(self, content: bytes) -> dict[str, Any]:
        """Get leave to upload a PNG."""
        announced = {"filename": "a.png", "size": len(content), "content_type": "image/png"}
        return (await self.ask("POST", "/media/uploads", json=announced)).data

    async def put(self, ticket: dict[str, Any], content: bytes) -> ReadReply:
        """Use a ticket as it says."""
        upload = ticket["upload"]
        return await self.ask("PUT", upload["url"], keyed=False, headers=upload["headers"], data=content)

    async def upload(self, content: bytes | None = None) -> str:
        """Store a PNG and return its address."""
        content = picture() if content is None else content
        ticket = await self.ticket(content)
        assert (await self.put(ticket, content)).status == 200
        return ticket["download_url"]

    async def submit(self, prompt: str = "make it blue", **fields: Any) -> ReadReply:
        """Send a task for FLUX Kontext Max, with an uploaded picture unless `image` is given."""
        image = fields.pop("image", None) or await self.upload()
        return await self.ask("POST", f"/{MAX.id}", json={"prompt": prompt, "image": image, **fields})

    async def submit_multi(self, images: list[str], **fields: Any) -> ReadReply:
        """Send a task for FLUX Kontext Max Multi."""
        return await self.ask("POST", f"/{MAX_MULTI.id}", json={"prompt": "mix them", "images": images, **fields})

    async def result(self, prediction_id: str) -> ReadReply:
        """Look at a prediction."""
        return await self.ask("GET", f"/predictions/{prediction_id}/result")

    async def finished(self, prompt: str = "make it blue", **fields: Any) -> dict[str, Any]:
        """Submit a task, let an hour pass, and show what became of it."""
        created = (await self.submit(prompt, **fields)).data
        self.clock.advance(3600)
        return (await self.result(created["id"])).data

    async def at(self, site: Site, behaviour: Behaviour | None = None, *, times: int = 1) -> ReadReply:
        """Make one valid call at a site; what it needs is made ready before the behaviour is queued."""
        method, url, options = await self._valid_call(site)
        if behaviour is not None:
            self.provider.script(site, behaviour, times=times)
        return await self.ask(method, url, keyed=site not in {Site.PUT, Site.OUTPUT}, **options)

    async def _valid_call(self, site: Site) -> tuple[str, str, dict[str, Any]]:
        if site in PLAIN_CALLS:
            return PLAIN_CALLS[site]
        if site is Site.SUBMIT:
            return "POST", f"/{MAX.id}", {"json": {"prompt": "make it blue", "image": await self.upload()}}
        if site is Site.PUT:
            upload = (await self.ticket(picture()))["upload"]
            return "PUT", upload["url"], {"headers": upload["headers"], "data": picture()}
        if site is Site.MULTIPART:
            form = aiohttp.FormData()
            form.add_field("file", picture(), filename="a.png", content_type="image/png")
            return "POST", "/media/upload/binary", {"data": form}
        prediction_id = await self.kept()
        calls: dict[Site, tuple[str, str, dict[str, Any]]] = {
            Site.RESULT: ("GET", f"/predictions/{prediction_id}/result", {}),
            Site.DELETE: ("POST", "/predictions/delete", {"json": {"ids": [prediction_id]}}),
            Site.OUTPUT: ("GET", f"{self.provider.origin}/output/{prediction_id}.jpg", {}),
        }
        return calls[site]

    async def kept(self) -> str:
        """The id of a completed prediction."""
        return (await self.finished())["id"]
