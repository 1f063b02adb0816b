"""What the gallery, the guide and the menus of messages do."""

from __future__ import annotations

import discord

from bot import texts
from bot.domain.drafts import PickedFile
from bot.domain.errors import BadRequest
from bot.domain.gallery import GalleryFilter
from bot.domain.jobs import MessageAt
from bot.domain.models import MAX_REFERENCES
from bot.services.creative.references import RequestedReference
from bot.ui.discord.files import picture_files
from bot.ui.discord.message_images import images_in
from bot.ui.discord.people import NotInServer, actor_of
from bot.ui.discord.replies import AnyInteraction
from bot.ui.discord.uploads import opened
from bot.ui.handlers.creative.showing import add_to_tray, offered_prices, pictures_for, place_of, show_added, show_job
from bot.ui.handlers.presses import Handler, Press
from bot.ui.render.creative.examples import EXAMPLES
from bot.ui.render.creative.forms import picked_form, studio_form
from bot.ui.render.creative.gallery import model_of_number, render_gallery, render_opened, render_reported
from bot.ui.render.manage.reports import job_named_in


async def show_gallery(
    press: Press, member_id: int | None, *, model: str = "0", page: int = 0, again: bool = False
) -> None:
    """Show one page of the pictures in the channels that are open to whoever looks; after `think` or `take_note`."""
    interaction = press.interaction
    wanted = GalleryFilter(
        actor_of(interaction).guild_id, _open_channels(interaction), member_id, model_of_number(model)
    )
    found = await press.services.creative.gallery.page(wanted, max(0, page), await place_of(press))
    made = [await press.services.creative.album.thumbnail(job) for job in found.jobs]
    thumbnails = [each for each in made if each is not None]
    view = render_gallery(found, thumbnails, viewer_id=interaction.user.id)
    await press.answers.show(interaction, view, picture_files(thumbnails), in_place=again)


async def turn_page(press: Press) -> None:
    """*Newer* or *Older*."""
    member, model, page = press.ids
    await press.answers.take_note(press.interaction)
    await show_gallery(press, int(member) or None, model=model, page=int(page), again=True)


async def choose_model(press: Press) -> None:
    """Another model was chosen: from the first page on."""
    await press.answers.take_note(press.interaction)
    await show_gallery(press, int(press.ids[0]) or None, model=press.values[0], again=True)


async def open_picture(press: Press) -> None:
    """A picture was chosen: larger, in private."""
    await press.answers.think(press.interaction)
    job = await press.services.creative.follow_ups.job(press.values[0], actor_of(press.interaction).guild_id)
    pictures = await pictures_for(press, job)
    await press.answers.answer_privately(press.interaction, render_opened(job, pictures), picture_files(pictures))


async def bring(press: Press) -> None:
    """*Show here*: into the channel, with live buttons."""
    await show_job(press, press.ids[0])


async def try_example(press: Press) -> None:
    """*Try it* in the guide: the form with the words filled in."""
    actor_of(press.interaction)
    number = int(press.ids[0])
    example = EXAMPLES[number if number < len(EXAMPLES) else 0]
    prices = await offered_prices(press)
    await press.answers.show_form(press.interaction, studio_form(prices, example.prompt, example.choices))


async def edit_message_image(press: Press, message: discord.Message) -> None:
    """*Edit this image* on any message: note its images, and ask what to change."""
    requester = press.requester
    files, _ = _images_of(press, message)
    pick = await press.services.creative.menu_selection.begin(requester, files)
    names = [file.filename for file in pick.files]
    await press.answers.show_form(press.interaction, picked_form(pick.pick_id, names))


async def add_message_images(press: Press, message: discord.Message) -> None:
    """*Add to references* on any message: as many of its images as there is room for."""
    files, not_taken = _images_of(press, message)
    await press.answers.think(press.interaction)
    fetch = press.interaction.client.http.get_from_cdn
    room = max(1, MAX_REFERENCES - len(await press.services.creative.tray.slots(press.requester)))
    requested = [
        RequestedReference(n, opened(file, fetch), is_spoiler=file.is_spoiler)
        for n, file in enumerate(files[:room], start=1)
    ]
    added = await add_to_tray(press, requested)
    await show_added(press, added, beyond=len(files) - len(requested), not_taken=not_taken)


async def report_message(press: Press, message: discord.Message) -> None:
    """*Report this picture*: to the moderators, in private."""
    actor = actor_of(press.interaction)
    await press.answers.think(press.interaction)
    at = MessageAt(message.channel.id, message.id)
    client = press.interaction.client
    ours = client.user is not None and message.author.id == client.user.id
    named = job_named_in(message.components) if ours else None
    await press.services.moderation.reporting.report(actor, at, named_job_id=named)
    await press.answers.answer_privately(press.interaction, render_reported())


ITEMS: dict[str, Handler] = {
    "pages": turn_page,
    "models": choose_model,
    "pick": open_picture,
    "bring": bring,
    "try": try_example,
}


def _images_of(press: Press, message: discord.Message) -> tuple[tuple[PickedFile, ...], int]:
    files, not_taken = images_in(message, press.services.creative.references.can_fetch)
    if not files:
        raise NoImageThere
    return files, not_taken


class NoImageThere(BadRequest):
    """A menu on a message without images."""

    def __init__(self) -> None:
        super().__init__(texts.images.NO_IMAGES)


def _open_channels(interaction: AnyInteraction) -> frozenset[int]:
    """The channels and threads that the one who asks may see, and this one."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member) or interaction.channel_id is None:
        raise NotInServer
    seen = {channel.id for channel in guild.channels if channel.permissions_for(member).view_channel}
    threads = {thread.id for thread in guild.threads if thread.parent_id in seen and not thread.is_private()}
    return frozenset({interaction.channel_id, *seen, *threads})
