"""Going on from a result: each button does what it says, costs whoever presses, and works after any restart."""

from __future__ import annotations

import pytest

from bot.demo.world import World
from tests.cogs.doing import (
    buttons_of,
    count_of_jobs,
    delete,
    file,
    left_over,
    message_of,
    newest,
    newest_result,
    painted,
    restart,
    said,
    sent_prompts,
    stop_spending,
)
from tests.cogs.seeing import all_closed, private_text, results


class TestEditThis:
    """The result becomes reference 1."""

    async def test_result_becomes_the_first_reference(self, world: World) -> None:
        """*Edit this* asks what to change; the picture that was made goes to the provider, and the chain is kept."""
        first = await painted(world)
        form = await world.ben.click(newest_result(world), custom_id=f"edit:{first.job_id}")
        await world.ben.submit_modal(form, {"prompt": "Add snow"})
        await all_closed(world)
        second = await newest(world)

        assert second.parent_job_id == first.job_id
        assert second.member_id == world.ben.id
        assert [r.image.sha256 for r in second.references] == [first.pictures[0].image.sha256]
        assert sent_prompts(world)[-1] == "Add snow"

    async def test_others_may_stay(self, world: World) -> None:
        """Earlier references that are kept come behind the result, and the model is one that takes them."""
        first = await painted(world)
        form = await world.alice.click(newest_result(world), custom_id=f"edit:{first.job_id}")
        await world.alice.submit_modal(form, {"prompt": "Add snow", "keep": ["1"]})
        await all_closed(world)
        second = await newest(world)

        assert [r.image.sha256 for r in second.references] == [
            first.pictures[0].image.sha256,
            first.references[0].image.sha256,
        ]
        assert second.model.takes_list

    async def test_of_several_pictures_one_is_chosen(self, world: World) -> None:
        """Where a job has several pictures, small numbered copies are shown, and one press chooses."""
        first = await painted(world, count=2)
        asked = await world.alice.click(newest_result(world), custom_id=f"edit:{first.job_id}")
        assert [each.filename for each in message_of(asked).attachments] == ["references.png"]
        form = await world.alice.click(message_of(asked), custom_id=f"edit:{first.job_id}:2")
        await world.alice.submit_modal(form, {"prompt": "Add snow"})
        await all_closed(world)

        assert (await newest(world)).references[0].image == first.pictures[1].image

    async def test_a_form_from_before_a_restart_is_taken(self, world: World) -> None:
        """A form that was opened before the restart and sent after it runs like any other."""
        first = await painted(world)
        form = await world.alice.click(newest_result(world), custom_id=f"edit:{first.job_id}")
        await restart(world)
        await world.alice.submit_modal(form, {"prompt": "Add snow"})
        await all_closed(world)

        assert (await newest(world)).parent_job_id == first.job_id


class TestAgain:
    """The same once more."""

    async def test_takes_a_new_seed_and_the_same_references(self, world: World) -> None:
        """*Again* runs at once, with what it was asked for with and another seed, for whoever pressed."""
        first = await painted(world, aspect_ratio="16:9", guidance_scale=5.0)
        await world.ben.click(newest_result(world), custom_id=f"again:{first.job_id}")
        await all_closed(world)
        second = await newest(world)

        assert second.member_id == world.ben.id
        assert second.prompt == first.prompt
        assert second.parameters == first.parameters
        assert [r.image for r in second.references] == [r.image for r in first.references]
        assert second.predictions[0].seed != first.predictions[0].seed

    @pytest.mark.usefixtures("unhurried_clicks")
    async def test_two_clicks_are_one_job(self, world: World) -> None:
        """A double click asks once; the second click is told so."""
        first = await painted(world)
        clicks = [
            await world.alice.click(newest_result(world), custom_id=f"again:{first.job_id}"),
            await world.alice.click(newest_result(world), custom_id=f"again:{first.job_id}"),
        ]
        await all_closed(world)

        assert await count_of_jobs(world) == 2
        assert "One click is enough" in private_text(clicks[1])

    async def test_works_after_a_restart(self, world: World) -> None:
        """A button from before a restart does the same after it."""
        first = await painted(world)
        await restart(world)
        await world.alice.click(newest_result(world), custom_id=f"again:{first.job_id}")
        await all_closed(world)

        assert await count_of_jobs(world) == 2

    async def test_costs_whoever_presses(self, world: World) -> None:
        """Somebody without room is refused in private, and nothing reaches the provider."""
        first = await painted(world)
        await stop_spending(world, world.ben.id)
        answer = await world.ben.click(newest_result(world), custom_id=f"again:{first.job_id}")

        assert "Nothing was spent." in private_text(answer)
        assert len(world.provider.predictions) == 1


class TestChange:
    """The same form, filled in."""

    async def test_shows_what_would_run_and_runs_it_once(self, world: World) -> None:
        """*Change* ends in a confirmation; only its *Run* spends, and only once."""
        first = await painted(world)
        form = await world.alice.click(newest_result(world), custom_id=f"change:{first.job_id}")
        confirmation = await world.alice.submit_modal(
            form, {"prompt": "Summer", "aspect_ratio": ["1:1"], "count": ["1"]}
        )

        assert "Ready to run?" in private_text(confirmation)
        assert "Summer" in private_text(confirmation)
        assert await count_of_jobs(world) == 1

        run = next(b for b in buttons_of(message_of(confirmation)) if b.startswith("run:"))
        await world.alice.click(message_of(confirmation), custom_id=run)
        await all_closed(world)
        second = await newest(world)

        assert (second.prompt, second.parameters["aspect_ratio"]) == ("Summer", "1:1")
        assert second.parent_job_id == first.job_id


class TestUse:
    """Into the tray."""

    async def test_puts_the_result_into_the_pressers_tray(self, world: World) -> None:
        """*Use as reference* is for whoever presses, and shows their tray."""
        first = await painted(world)
        answer = await world.ben.click(newest_result(world), custom_id=f"use:{first.job_id}")

        assert "One image was added." in private_text(answer)
        assert f"easel-{first.job_id}-1" in private_text(answer)
        assert "Nothing is here yet" in private_text(await world.alice.slash(world.channel, "references show"))

    async def test_asks_which_of_several(self, world: World) -> None:
        """Where there are several pictures, one press on a number says which."""
        first = await painted(world, count=2)
        asked = await world.alice.click(newest_result(world), custom_id=f"use:{first.job_id}")
        answer = await world.alice.click(message_of(asked), custom_id=f"use:{first.job_id}:2")

        assert f"easel-{first.job_id}-2" in said(answer)


class TestDetails:
    """Everything about a job."""

    async def test_tells_prompt_seed_cost_and_where_it_came_from(self, world: World) -> None:
        """*Details* shows the prompt as it was sent, in a block to copy, and the chain of edits."""
        first = await painted(world)
        form = await world.alice.click(newest_result(world), custom_id=f"edit:{first.job_id}")
        await world.alice.submit_modal(form, {"prompt": "Add *snow*"})
        await all_closed(world)
        second = await newest(world)
        text = private_text(await world.ben.click(newest_result(world), custom_id=f"details:{second.job_id}"))

        assert "```\nAdd *snow*\n```" in text
        assert f"seed {second.predictions[0].seed}" in text
        assert "$0.08" in text
        assert f"`{first.job_id}` Winter" in text
        assert str(second.predictions[0].provider_id) not in text

    async def test_leads_back_to_an_earlier_step(self, world: World) -> None:
        """Choosing an earlier step shows it with the same buttons, to go on from there."""
        first = await painted(world)
        form = await world.alice.click(newest_result(world), custom_id=f"edit:{first.job_id}")
        await world.alice.submit_modal(form, {"prompt": "Add snow"})
        await all_closed(world)
        second = await newest(world)
        details = await world.alice.click(newest_result(world), custom_id=f"details:{second.job_id}")
        earlier = await world.alice.select(message_of(details), [first.job_id], custom_id=f"step:{second.job_id}")

        assert f"Job {first.job_id}" in said(earlier)
        assert "(Edit this" in said(earlier)


class TestDelete:
    """For good."""

    async def test_removes_the_messages_and_every_way_on(self, world: World) -> None:
        """The requester deletes: the picture leaves the channel, and a copy's buttons say that it is gone."""
        first = await painted(world)
        result = newest_result(world)
        copy = await world.alice.slash(world.channel, "jobs show", job=first.job_id)
        answer = await delete(world.alice, result, first.job_id)

        assert "Deleted" in private_text(answer)
        assert buttons_of(message_of(answer)) == []
        assert result.id not in [message.id for message in results(world)]

        again = await world.ben.click(message_of(copy), custom_id=f"again:{first.job_id}")
        assert "That picture was deleted" in private_text(again)
        assert await count_of_jobs(world) == 1

    async def test_asks_before(self, world: World) -> None:
        """One press destroys nothing: the question is private, says what is lost, and *Keep* leaves all as it is."""
        first = await painted(world, count=2)
        result = newest_result(world)
        question = await world.alice.click(result, custom_id=f"delete:{first.job_id}")
        text = private_text(question)

        assert "Delete these 2 pictures?" in text
        assert "The $0.16 that it cost stays spent" in text
        assert "(Delete)  (Keep)" in text
        assert result.id in [message.id for message in results(world)]

        await world.alice.click(message_of(question), custom_id=f"keep:{first.job_id}")

        assert "Nothing was deleted." in private_text(question)
        assert buttons_of(message_of(question)) == []
        assert (await newest(world)).taken_down_at is None

    async def test_takes_the_copy_with_it_in_which_it_was_pressed(self, world: World) -> None:
        """The result goes, and the copy; a restart between question and answer changes nothing."""
        first = await painted(world)
        copy = message_of(await world.alice.slash(world.channel, "jobs show", job=first.job_id))
        question = await world.alice.click(copy, custom_id=f"delete:{first.job_id}")
        await restart(world)
        [sure] = [each for each in buttons_of(message_of(question)) if each.startswith("delete:")]
        await world.alice.click(message_of(question), custom_id=sure)

        assert results(world) == []

    async def test_nobody_else_presses_the_answer(self, world: World) -> None:
        """The right is checked at the second press as at the first."""
        first = await painted(world)
        stale = await left_over(world, f"delete:{first.job_id}:{world.channel.id}:{newest_result(world).id}")
        refused = await world.ben.click(stale, custom_id=buttons_of(stale)[0])

        assert "or a moderator" in private_text(refused)
        assert len(results(world)) == 1

    async def test_is_the_requesters_or_a_moderators(self, world: World) -> None:
        """Anybody else is refused; a moderator is not."""
        first = await painted(world)
        refused = await world.ben.click(newest_result(world), custom_id=f"delete:{first.job_id}")

        assert "or a moderator" in private_text(refused)
        assert len(results(world)) == 1

        await delete(world.mona, newest_result(world), first.job_id)
        assert results(world) == []


class TestTryAgain:
    """Under a job that brought no picture."""

    async def test_asks_for_the_same_once_more(self, world: World) -> None:
        """*Try again* runs at once, and costs whoever presses."""
        answer = await world.alice.slash(world.channel, "edit", prompt="Winter [sim:task-failed]", image=file())
        await all_closed(world)
        failed = await newest(world)
        assert answer.response is not None
        await world.ben.click(answer.response.message, custom_id=f"retry:{failed.job_id}")
        await all_closed(world)

        assert await count_of_jobs(world) == 2
        assert (await newest(world)).member_id == world.ben.id

    async def test_offers_other_words_too(self, world: World) -> None:
        """Where the words were the reason, the same once more helps nobody: *Change* opens them."""
        answer = await world.alice.slash(world.channel, "edit", prompt="Winter [sim:moderated]", image=file())
        await all_closed(world)
        failed = await newest(world)
        assert answer.response is not None
        form = await world.alice.click(answer.response.message, custom_id=f"change:{failed.job_id}")
        confirmation = await world.alice.submit_modal(form, {"prompt": "Winter, but kinder"})

        assert "> Winter, but kinder" in private_text(confirmation)
        assert "picture.png" in private_text(confirmation)


async def test_a_job_of_another_server_gets_a_sentence(world: World) -> None:
    """What is not known here is answered in words, whoever asks."""
    first = await painted(world)
    elsewhere = world.env.create_guild("Elsewhere")
    vera = elsewhere.add_member(world.env.create_user("vera"))
    answer = await vera.slash(elsewhere.create_text_channel("den"), "jobs again", job=first.job_id)

    assert f"There is no job {first.job_id}" in private_text(answer)
