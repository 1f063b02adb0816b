"""`/edit`, `/compose`, `/studio` and `/storyboard`: images and words in, pictures out."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot, Interaction
from bot.domain.choices import Choices, given
from bot.domain.image_models import ImageModel
from bot.domain.models import MAX, MAX_MULTI
from bot.services.creative.references import RequestedReference
from bot.services.creative.requests import PictureRequest
from bot.ui.discord.people import requester_of
from bot.ui.handlers.creative.showing import offered_prices, run_request
from bot.ui.handlers.options import (
    DESCRIPTIONS,
    AspectRatio,
    Count,
    Guidance,
    Prompt,
    Role,
    Seed,
    StyleName,
    from_tray,
    in_places,
    model_choices,
    suggest_roles,
    suggest_styles_or_none,
)
from bot.ui.handlers.presses import press_of
from bot.ui.render.creative.forms import storyboard_form, studio_form


async def suggest_models(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The models that this server offers and that can be had now, each with its price."""
    services = interaction.client.services
    offered = set(await services.creative.policy.offered(interaction.guild_id or 0))
    on_sale = (await services.money.prices.on_sale()).items()
    return model_choices({model: price for model, price in on_sale if model in offered}, interaction, typed)


class Create(commands.Cog):
    """Turns commands into requests; what can be refused is refused in private before anything shows."""

    def __init__(self, bot: EaselBot) -> None:
        self._tray = bot.services.creative.tray
        self._policy = bot.services.creative.policy
        self._styles = bot.services.creative.styles
        self._answers = bot.answers

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(image="The picture to change: PNG, JPEG, WebP or GIF, up to 20 MB", **DESCRIPTIONS)
    @app_commands.autocomplete(model=suggest_models, style=suggest_styles_or_none)
    async def edit(
        self,
        interaction: Interaction,
        prompt: Prompt,
        image: discord.Attachment,
        aspect_ratio: AspectRatio | None = None,
        guidance_scale: Guidance | None = None,
        seed: Seed | None = None,
        count: Count = 1,
        model: str | None = None,
        style: StyleName | None = None,
    ) -> None:
        """Change one picture with a prompt."""
        await run_request(
            press_of(interaction),
            _request(
                interaction,
                prompt,
                in_places([image]),
                MAX,
                Choices(
                    model, given(aspect_ratio=aspect_ratio, guidance_scale=guidance_scale), seed, count, style=style
                ),
            ),
        )

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(
        **{f"image{place}": f"Reference {place}" for place in range(1, 6)},
        **{f"role{place}": f"What reference {place} is for, such as identity or style" for place in range(1, 6)},
        **DESCRIPTIONS,
    )
    @app_commands.autocomplete(
        model=suggest_models,
        style=suggest_styles_or_none,
        role1=suggest_roles,
        role2=suggest_roles,
        role3=suggest_roles,
        role4=suggest_roles,
        role5=suggest_roles,
    )
    async def compose(
        self,
        interaction: Interaction,
        prompt: Prompt,
        image1: discord.Attachment | None = None,
        image2: discord.Attachment | None = None,
        image3: discord.Attachment | None = None,
        image4: discord.Attachment | None = None,
        image5: discord.Attachment | None = None,
        role1: Role | None = None,
        role2: Role | None = None,
        role3: Role | None = None,
        role4: Role | None = None,
        role5: Role | None = None,
        aspect_ratio: AspectRatio | None = None,
        guidance_scale: Guidance | None = None,
        seed: Seed | None = None,
        count: Count = 1,
        model: str | None = None,
        style: StyleName | None = None,
    ) -> None:
        """Make a picture from up to five references in order."""
        roles = (role1, role2, role3, role4, role5)
        attached = in_places((image1, image2, image3, image4, image5), roles)
        slots = () if attached else await self._tray.lying(requester_of(interaction))
        references = attached
        choices = Choices(
            model, given(aspect_ratio=aspect_ratio, guidance_scale=guidance_scale), seed, count, style=style
        )
        if not attached and (slots or any(roles) or not await self._needs_no_image(interaction, choices)):
            references = from_tray(slots, roles)
        await run_request(
            press_of(interaction), _request(interaction, prompt, references, MAX_MULTI, choices), from_tray=slots
        )

    async def _needs_no_image(self, interaction: Interaction, choices: Choices) -> bool:
        """Whether the style brings images, or this server offers a model that needs none."""
        style = await self._styles.chosen(requester_of(interaction), choices)
        if style is not None and style.images:
            return True
        return any(model.fits(0) for model in await self._policy.offered(requester_of(interaction).guild_id))

    @app_commands.command()
    @app_commands.guild_only()
    async def studio(self, interaction: Interaction) -> None:
        """Make a picture with a form, and look before it runs."""
        await self._answers.show_form(interaction, studio_form(await offered_prices(press_of(interaction))))

    @app_commands.command()
    @app_commands.guild_only()
    async def storyboard(self, interaction: Interaction) -> None:
        """Make two to six pictures that belong together."""
        await self._answers.show_form(interaction, storyboard_form(await offered_prices(press_of(interaction))))


def _request(
    interaction: Interaction,
    prompt: str,
    references: tuple[RequestedReference, ...],
    default_model: ImageModel,
    choices: Choices,
) -> PictureRequest:
    command = "" if interaction.command is None else interaction.command.name
    return PictureRequest(requester_of(interaction), command, prompt, references, default_model, choices)


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(Create(bot))
