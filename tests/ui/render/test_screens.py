"""Members' messages: within Discord's limits and without pings, whatever members wrote."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from discord import ui
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.drafts import Draft, numbered
from bot.domain.gallery import GalleryFilter
from bot.domain.jobs import Job
from bot.domain.models import CATALOGUE, MAX_PROMPT_CHARS
from bot.domain.references import Reference
from bot.domain.rules import ChannelRule
from bot.domain.story import Story
from bot.domain.styles import MAX_TEMPLATE_CHARS, MOST_STYLES, Style, StyleSample
from bot.domain.visible import visible
from bot.services.creative.gallery import GalleryPage
from bot.ui.handlers.registry import HANDLERS
from bot.ui.render.actions import (
    BUTTON_NAMES,
    CHANNEL_SELECT_NAMES,
    ROLE_SELECT_NAMES,
    SELECT_NAMES,
    ActionButton,
    ActionSelect,
)
from bot.ui.render.creative.details import render_details, render_which
from bot.ui.render.creative.draft import DraftView, render_draft
from bot.ui.render.creative.forms import (
    change_form,
    decline_form,
    edit_form,
    parameters_form,
    picked_form,
    prompt_form,
    replace_form,
    roles_form,
    storyboard_form,
    studio_form,
    template_form,
)
from bot.ui.render.creative.gallery import render_gallery, render_opened
from bot.ui.render.creative.guide import render_guide
from bot.ui.render.creative.styles import render_style, render_styles, style_form, style_settings_form
from bot.ui.render.creative.tray import render_tray
from bot.ui.render.escape import code_block
from bot.ui.render.manage.forms import block_form, channel_form, pause_form, setting_form
from tests.ui.render.limits import check, hostile_jobs, long_and_hostile
from tests.ui.samples import CENTS, MEMBER, NOW, REFERENCES, labels_of, line, picture, text_of
from tests.ui.samples import job as sample_job

PRICES = {model: model.price_micros for model in CATALOGUE}
BUTTON, SELECT = (item.__discord_ui_compiled_template__ for item in (ActionButton, ActionSelect))
quick = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def draft_of(job: Job) -> Draft:
    """A draft with a job's words and references."""
    references = numbered(job.references)
    return Draft("0123456789", 1, 2, MEMBER, "studio", job.prompt, references, NOW, 8 * CENTS)


@quick
@given(hostile_jobs(), hostile_jobs())
def test_jobs(of: Job, earlier: Job) -> None:
    """Details with a long chain, the question which picture, a gallery full of them."""
    steps = tuple(replace(earlier, job_id=f"STEP{n}") for n in range(5))
    may = frozenset({f"<@{MEMBER}>"})
    story = Story(of, steps, replace(earlier, job_id="F1RST"), 7)
    check(render_details(story, has_strip=True), may_name=may)
    if len(of.pictures) > 1:
        check(render_which(of, "edit", has_strip=True))
    wanted = GalleryFilter(1, frozenset({2}))
    jobs = tuple(replace(of, job_id=f"JOB{n}") for n in range(6))
    check(
        render_gallery(
            GalleryPage(jobs, 3, has_more=True, wanted=wanted), [picture(n) for n in range(1, 7)], viewer_id=MEMBER
        ),
        may_name=may,
    )
    check(render_opened(of, [picture(1)]))


@quick
@given(hostile_jobs(), st.none() | st.integers(1, 5))
def test_drafts_and_trays(of: Job, ordering: int | None) -> None:
    """With any words, while ordering and not."""
    draft = draft_of(of)
    check(render_draft(DraftView(draft, line(500, 1, 0)), ordering=ordering, news="x" * 80))
    check(render_tray(draft.references, news=("x" * 60,) * 4, chosen=ordering or 1))
    styles = [style_of(of, of.prompt, n) for n in range(1, MOST_STYLES + 1)]
    whole = replace(styles[0], images=len(styles[0].references))
    for style in (styles[0], whole):
        with_style = DraftView(replace(draft, style=style), line(500, 1, 0), styles)
        check(render_draft(with_style, ordering=ordering, news="x" * 80))


def style_of(job: Job, words: str, style_id: int = 1) -> Style:
    """A style with a job's first references, called and saying that."""
    references = numbered(job.references)[:4]
    template = (words * 200 + "{prompt}")[-MAX_TEMPLATE_CHARS:]
    # Names are kept on one line without what nobody sees, so none is empty.
    name, images = " ".join(visible(words).split())[:60].strip() or "x", len(references) + 1
    return Style(style_id, 1, name, template, references, images, "a/model" + "x" * 60, dict(job.parameters))


@quick
@given(hostile_jobs(), long_and_hostile)
def test_styles(of: Job, words: str) -> None:
    """As many as a server has, with the longest words, and one by itself; their forms too."""
    styles = [style_of(of, words, n) for n in range(1, MOST_STYLES + 1)]
    thumbnails = {each.style_id: picture(each.style_id) for each in styles}
    check(render_styles([StyleSample(each, of) for each in styles], thumbnails, of_channel=styles[3]))
    check(render_style(StyleSample(styles[0], of), picture(1), has_strip=True, title="Style added", price=80_000))
    check(render_style(StyleSample(styles[0], None), None, has_strip=True))
    for form in (style_form(), style_form(styles[0]), style_settings_form(styles[0], PRICES)):
        check_form(form)


def test_the_model_list_of_a_form_has_prices() -> None:
    """Half the price is seen where the model is chosen, as it is now."""
    dear = dict.fromkeys(PRICES, 120000)
    for form in (studio_form(dear), change_form(sample_job(), dear), parameters_form(draft_of(sample_job()), dear)):
        drawn = json.dumps(form.to_dict())
        assert all(f"{model.label} \\u00b7 $0.12" in drawn for model in PRICES)


def test_the_gallery_names_authors_and_leads_to_ones_own() -> None:
    """Each line says whose picture it is; *Mine* shows one's own, and from there all are one press away."""
    all_of_them, mine = GalleryFilter(1, frozenset({2})), GalleryFilter(1, frozenset({2}), MEMBER)
    page = render_gallery(GalleryPage((sample_job(),), 0, has_more=False, wanted=all_of_them), (), viewer_id=7)
    own = render_gallery(GalleryPage((sample_job(),), 0, has_more=False, wanted=mine), (), viewer_id=MEMBER)

    assert f"· <@{MEMBER}> · <t:" in text_of(page)
    assert "Mine" in labels_of(page)
    assert '"pages:7:0:0"' in json.dumps(page.to_components())
    assert "Everyone\u2019s" in labels_of(own)
    assert '"pages:0:0:0"' in json.dumps(own.to_components())


@quick
@given(hostile_jobs(), long_and_hostile)
def test_forms(of: Job, words: str) -> None:
    """Titles, labels, options and defaults stay within what Discord's pages allow."""
    draft = draft_of(of)
    forms = [
        edit_form(of),
        change_form(of, PRICES),
        studio_form(PRICES, of.prompt),
        template_form(draft),
        parameters_form(draft, PRICES),
    ]
    forms += [picked_form("0123456789", [words or "a"] * 10)]
    if draft.references:
        forms.append(roles_form("tray", draft.references))
    for each in forms:
        check_form(each)


def check_form(form: ui.Modal) -> None:
    """Hold a form against Discord's "Component Reference" and "Modals"."""
    data: dict[str, Any] = form.to_dict()

    assert len(data["title"]) <= 45
    assert len(data["custom_id"]) <= 100
    assert 1 <= len(data["components"]) <= 5
    for label in data["components"]:
        if "component" not in label:
            assert len(label["content"]) <= 1000
            continue
        field = label["component"]
        assert len(label["label"]) <= 45
        assert len(label.get("description") or "") <= 100
        assert len(field.get("value") or "") <= field.get("max_length", MAX_PROMPT_CHARS)
        for option in field.get("options", ()):
            assert 1 <= len(option["label"]) <= 100
            assert 1 <= len(option["value"]) <= 100


async def test_no_form_is_kept_in_memory() -> None:
    """Kept forms are lost by a restart, so each is sent as one that is over and found by its custom id."""
    assert studio_form(PRICES).is_finished()


def test_the_guide_fits() -> None:
    """All six examples with their buttons, and without them in a direct message."""
    check(render_guide())
    check(render_guide(can_try=False))


def test_every_name_does_something() -> None:
    """No button or select is offered that nothing answers, and nothing answers what is not offered."""
    names = (*BUTTON_NAMES, *SELECT_NAMES, *CHANNEL_SELECT_NAMES, *ROLE_SELECT_NAMES)

    assert len(set(names)) == len(names)
    assert set(names) == set(HANDLERS.items)


def test_every_form_is_answered() -> None:
    """A form is found by the first word of its custom id."""
    draft = draft_of(sample_job())
    forms = (
        edit_form(sample_job()),
        change_form(sample_job(), PRICES),
        studio_form(PRICES),
        storyboard_form(PRICES),
        picked_form("0123456789", ["a.png"]),
        roles_form("tray", draft.references),
        prompt_form(draft),
        template_form(draft),
        parameters_form(draft, PRICES),
        replace_form("tray", 1),
        decline_form("0123456789"),
        block_form("1", "0"),
        pause_form(),
        setting_form("zone"),
        channel_form(1, ChannelRule(1)),
        style_form(),
        style_form(style_of(sample_job(), "Ink")),
        style_settings_form(style_of(sample_job(), "Ink"), PRICES),
    )

    assert {each.custom_id.partition(":")[0] for each in forms} == set(HANDLERS.forms)


def test_every_button_and_select_is_found_by_its_custom_id() -> None:
    """Whatever message it is under and however often the bot was restarted since."""
    slots = numbered(Reference(r.place, r.role, r.filename, r.image) for r in REFERENCES)
    drawn = json.dumps(render_tray(slots).to_components())
    custom_ids = re.findall(r'"custom_id": "([^"]+)"', drawn)

    assert len(custom_ids) == 9
    for each in custom_ids:
        assert BUTTON.fullmatch(each) or SELECT.fullmatch(each)


def test_a_block_can_be_copied_and_not_left() -> None:
    """Backticks cannot end it, and what is long ends with an ellipsis."""
    assert code_block("Add *snow*", 100) == "```\nAdd *snow*\n```"
    assert code_block("``` @everyone", 100).count("```") == 2
    assert "@everyone" not in code_block("``` @everyone", 100)
    assert code_block("x" * 50, 10) == f"```\n{'x' * 9}\u2026\n```"
