"""`/studio`: a form, then a confirmation in which everything can be changed before anything is spent."""

from __future__ import annotations

from bot.demo.reading import text_of
from bot.demo.world import World
from tests.cogs.collecting import collect, order_in
from tests.cogs.doing import (
    buttons_of,
    count_of_jobs,
    file,
    left_over,
    message_of,
    newest,
    restart,
    said,
    sent_prompts,
    stop_spending,
)
from tests.cogs.drafting import begin, field, press, run_is_open
from tests.cogs.seeing import all_closed, private_text

RED, BLUE, GREEN = file("red", "red.png"), file("blue", "blue.png"), file("green", "green.png")


class TestConfirmation:
    """What was understood."""

    async def test_shows_order_prompt_price_and_what_is_left(self, world: World) -> None:
        """Nothing is spent; the member sees the order, the words, the price and what they have left."""
        text = private_text(await begin(world, RED, BLUE))

        assert order_in(text.split("**$")[0]) == ["red.png", "blue.png"]
        assert "> A poster" in text
        assert "**$0.08** \u00b7 you have $1.00 left this month" in text
        assert await count_of_jobs(world) == 0

    async def test_without_files_it_takes_the_tray(self, world: World) -> None:
        """What was collected is used, and leaves the tray when it runs."""
        await collect(world, RED, BLUE)
        confirmation = await begin(world)

        assert order_in(private_text(confirmation).split("**$")[0]) == ["red.png", "blue.png"]

        await press(world, confirmation, "run")
        await all_closed(world)
        assert "Nothing is here yet" in private_text(await world.alice.slash(world.channel, "references show"))

    async def test_with_neither_it_says_so(self, world: World) -> None:
        """A sentence, and nothing kept."""
        assert "your tray in this channel is empty" in private_text(await begin(world))

    async def test_without_words_there_is_nothing_to_run(self, world: World) -> None:
        """*Run* waits for a prompt, which *Template* can build."""
        confirmation = await begin(world, RED, prompt=" ")
        form = await press(world, confirmation, "template")

        assert "Almost ready" in said(confirmation)
        assert run_is_open(confirmation) is False

        await world.alice.submit_modal(form, {"change": "the coat to blue"})

        assert "Ready to run?" in said(confirmation)
        assert run_is_open(confirmation) is True

    async def test_a_bad_file_is_named(self, world: World) -> None:
        """What is no picture is refused before anything is asked."""
        assert "notes.png" in private_text(await begin(world, ("notes.png", b"words")))


class TestRun:
    """Once."""

    async def test_runs_what_is_shown(self, world: World) -> None:
        """*Run* makes the job with the order that was shown, in public."""
        await press(world, await begin(world, RED, BLUE), "run")
        await all_closed(world)
        job = await newest(world)

        assert [r.filename for r in job.references] == ["red.png", "blue.png"]
        assert job.command == "studio"

    async def test_a_second_press_is_told_which_job_it_is(self, world: World) -> None:
        """However much later, and after a restart: one draft is one job."""
        confirmation = await begin(world, RED)
        run = next(b for b in buttons_of(message_of(confirmation)) if b.startswith("run:"))
        await world.alice.click(message_of(confirmation), custom_id=run)
        await all_closed(world)
        job = await newest(world)
        await restart(world)
        again = await world.alice.click(await left_over(world, run), custom_id=run)

        assert f"It is job {job.job_id}." in private_text(again)
        assert await count_of_jobs(world) == 1

    async def test_the_confirmation_becomes_one_line(self, world: World) -> None:
        """Once it runs nothing is left to press: it says so in a line, with what runs, and without its strip."""
        confirmation = await begin(world, RED)
        await press(world, confirmation, "run")
        shown = message_of(confirmation)

        assert text_of(shown) == "This runs now: you see it in the channel.\n-# FLUX Kontext Max"
        assert buttons_of(shown) == []
        assert shown.attachments == []

    async def test_a_refused_run_leaves_the_confirmation(self, world: World) -> None:
        """Its buttons are still there: something can be changed, or run later."""
        confirmation = await begin(world, RED)
        await stop_spending(world, world.alice.id)
        await press(world, confirmation, "run")

        assert any(each.startswith("run:") for each in buttons_of(message_of(confirmation)))

    async def test_works_after_a_restart(self, world: World) -> None:
        """A confirmation from before a restart runs after it."""
        confirmation = await begin(world, RED)
        await restart(world)
        await press(world, confirmation, "run")
        await all_closed(world)

        assert await count_of_jobs(world) == 1

    async def test_without_room_it_is_refused_and_can_be_run_later(self, world: World) -> None:
        """A refusal uses nothing up: with room, the same button runs."""
        confirmation = await begin(world, RED)
        await stop_spending(world, world.alice.id)
        refused = await press(world, confirmation, "run")

        assert "Nothing was spent." in private_text(refused)

        await world.mona.slash(world.channel, "manage limit member", period="month", amount="1", user=world.alice)
        await press(world, confirmation, "run")
        await all_closed(world)
        assert await count_of_jobs(world) == 1


class TestChanging:
    """Before it is run."""

    async def test_order_can_be_changed(self, world: World) -> None:
        """*Order* moves references; *Back* shows the confirmation with the new order."""
        confirmation = await begin(world, RED, BLUE, GREEN)
        await press(world, confirmation, "order")
        await press(world, confirmation, "later", 1)
        await press(world, confirmation, "drop", 2)
        await press(world, confirmation, "back")
        await press(world, confirmation, "run")
        await all_closed(world)

        assert [r.filename for r in (await newest(world)).references] == ["blue.png", "green.png"]

    async def test_roles_become_the_providers_template(self, world: World) -> None:
        """`Use image 1 for … Use image 2 for …` stands before the prompt, and is shown before it is sent."""
        confirmation = await begin(world, RED, BLUE)
        await press(world, confirmation, "order")
        form = await press(world, confirmation, "roles")
        await world.alice.submit_modal(form, {"role1": "identity", "role2": "style"})

        assert "Use image 1 for identity. Use image 2 for style. A poster" in said(confirmation)

        await press(world, confirmation, "run")
        await all_closed(world)
        assert sent_prompts(world) == ["Use image 1 for identity. Use image 2 for style. A poster"]

    async def test_the_prompt_can_be_changed(self, world: World) -> None:
        """*Prompt* holds the present words: a typo is mended without uploading anything again."""
        confirmation = await begin(world, RED, prompt="A psoter")
        form = await press(world, confirmation, "prompt")

        assert field(form, "prompt")["value"] == "A psoter"

        await world.alice.submit_modal(form, {"prompt": "A poster"})

        assert "> A poster" in said(confirmation)

    async def test_template_says_what_it_replaces(self, world: World) -> None:
        """Words that no template made are shown beside its empty parts; sent empty, it changes nothing."""
        confirmation = await begin(world, RED, prompt="A poster")
        form = await press(world, confirmation, "template")

        assert "replace your present prompt" in str(form.modal)
        assert "> A poster" in str(form.modal)

        await world.alice.submit_modal(form, {})

        assert "> A poster" in said(confirmation)

    async def test_template_remembers_its_parts(self, world: World) -> None:
        """After a restart too, each part stands in its own field again, to be changed by itself."""
        confirmation = await begin(world, RED)
        form = await press(world, confirmation, "template")
        await world.alice.submit_modal(form, {"keep": "the face", "match": "the light"})
        await restart(world)
        form = await press(world, confirmation, "template")
        parts = {name: field(form, name).get("value") or "" for name in ("keep", "change", "ensure", "match")}

        assert parts == {"keep": "the face", "change": "", "ensure": "", "match": "the light"}
        assert "made of these parts" in str(form.modal)

    async def test_template_for_one_image(self, world: World) -> None:
        """Keep, Change, Ensure, Match become one prompt; what is left empty is left out."""
        confirmation = await begin(world, RED)
        form = await press(world, confirmation, "template")
        await world.alice.submit_modal(form, {"keep": "the face", "change": "the coat to blue.", "match": "the light"})

        assert "> Keep the face. Change the coat to blue. Match the light." in said(confirmation)

    async def test_template_for_several_images(self, world: World) -> None:
        """Generate and Keep stand behind the roles."""
        confirmation = await begin(world, RED, BLUE)
        form = await press(world, confirmation, "template")
        await world.alice.submit_modal(form, {"generate": "a studio portrait", "keep": "natural skin"})

        assert "> Generate a studio portrait. Keep natural skin." in said(confirmation)

    async def test_parameters_change_the_price(self, world: World) -> None:
        """Everything else stands in one form, and the price on the button follows."""
        confirmation = await begin(world, RED)
        form = await press(world, confirmation, "parameters")
        await world.alice.submit_modal(
            form, {"aspect_ratio": ["16:9"], "guidance_scale": "5", "seed": "7", "count": ["3"]}
        )
        text = said(confirmation)

        assert "16:9 \u00b7 guidance 5 \u00b7 seed 7 \u00b7 3 pictures" in text
        assert "(Run \u00b7 $0.24)" in text

    async def test_a_number_that_is_none_gets_a_sentence(self, world: World) -> None:
        """What was typed is quoted, with what would be right."""
        confirmation = await begin(world, RED)
        form = await press(world, confirmation, "parameters")
        answer = await world.alice.submit_modal(form, {"guidance_scale": "much"})

        assert "guidance scale should be a number from 1 to 20; you gave much" in private_text(answer)


async def test_the_guides_example_opens_the_form_with_its_words(world: World) -> None:
    """*Try it* in `/guide` fills the form in; nothing is spent before *Run*."""
    guide = await world.alice.slash(world.channel, "guide")
    form = await world.alice.click(message_of(guide), custom_id="try:1")
    confirmation = await world.alice.submit_modal(form, {"images": [RED], "prompt": "Replace the background"})

    assert "Keep [what must stay]." in private_text(guide)
    assert "Ready to run?" in private_text(confirmation)
    assert await count_of_jobs(world) == 0
