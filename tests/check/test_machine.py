"""What `check` says about where the bot runs: database, disk, bucket, names of file hosts, and the way of webhooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.webhooks import Addresses
from bot.file_hosts import FileHostsUnreachable, judge_file_hosts
from bot.settings import Settings
from bot.webhooks import serve_webhooks, webhook_app
from tests.check.reporting import about, report
from tests.checked_services import CheckedServices
from tests.ports import free_port


async def test_database(services: CheckedServices, here: Path) -> None:
    """An existing database is opened, and the reason why it cannot be used is passed on."""
    (here / "easel.db").write_text("another's")

    assert about("database", await report(services, here)) == (
        "FAIL database: The database belongs to another program."
    )


async def test_unwritable_folder(services: CheckedServices, here: Path) -> None:
    """A data folder that is in fact a file fails."""
    (here / "images").write_text("a file")

    assert about("disk", await report(services, here)) == (
        f"FAIL disk: {here / 'images'} is not a folder that this user may write to."
    )


async def test_file_hosts_that_lead_inward_are_named(services: CheckedServices, here: Path) -> None:
    """A resolver that gives names inner addresses is named with the way out; what the operator listed is fine."""
    assert about("file hosts", await report(services, here)).startswith("ok ")
    services.addresses["media.discordapp.net"] = ["162.159.130.233", "198.18.3.4"]

    line = about("file hosts", await report(services, here))

    assert line.startswith(
        "FAIL file hosts: media.discordapp.net resolves to 198.18.3.4, an address that is not public"
    )
    assert line.endswith("add media.discordapp.net to CDN_HOSTS.")
    listed = await report(services, here, cdn_hosts=("media.discordapp.net",))
    assert about("file hosts", listed).startswith("ok ")


async def test_file_hosts_that_cannot_be_looked_up_are_named(services: CheckedServices, here: Path) -> None:
    """Without a name server no image can be fetched from Discord; a Discord of one's own has files of its own."""
    services.addresses.clear()
    assert about("file hosts", await report(services, here)).startswith("ok ")

    settings = Settings.given(discord_api_base="https://discord.com/api/v10", data_dir=here)
    with pytest.raises(FileHostsUnreachable) as failed:
        await judge_file_hosts(settings, services.resolve)

    assert failed.value.sentence == "cdn.discordapp.com cannot be looked up; images come from there."


async def test_webhooks_lead_here(services: CheckedServices, here: Path) -> None:
    """With the bot at rest the port is opened for the question, behind a proxy that leads to it."""
    port = free_port()
    lines = await report(services, here, webhook_url=f"http://127.0.0.1:{port}/calls", webhook_port=port)

    assert about("webhooks", lines) == f"ok webhooks: http://127.0.0.1:{port}/calls leads here."


async def test_the_running_bot_answers_for_its_webhooks(services: CheckedServices, here: Path) -> None:
    """Its port is taken; it is recognised by the key in the database, and another installation by its not having it."""
    (here / "easel.db").write_text("ours")
    services.webhook_key = "the key"
    endpoint = webhook_app(Addresses("", b"the key"), lambda _: None, lambda _: None)
    async with serve_webhooks(endpoint, 0, "127.0.0.1") as port:
        url = f"http://127.0.0.1:{port}"
        ours = await report(services, here, webhook_url=url, webhook_port=port)
        services.webhook_key = "another key"
        theirs = await report(services, here, webhook_url=url, webhook_port=port)

    assert about("webhooks", ours).startswith("ok ")
    assert about("webhooks", theirs).startswith(f"FAIL webhooks: WEBHOOK_URL does not lead to WEBHOOK_PORT {port} here")


async def test_webhooks_that_lead_elsewhere(services: CheckedServices, here: Path) -> None:
    """Another page, or nobody, answers at the public address; without the settings nothing is said."""
    elsewhere = f"{services.base}/api/v3".replace("localhost", "127.0.0.1")
    lost = await report(services, here, webhook_url=elsewhere, webhook_port=free_port())
    silent = await report(services, here, webhook_url=f"http://127.0.0.1:{free_port()}", webhook_port=free_port())

    assert about("webhooks", lost).startswith("FAIL webhooks: WEBHOOK_URL does not lead to WEBHOOK_PORT")
    assert about("webhooks", silent).startswith("FAIL webhooks: WEBHOOK_URL cannot be reached from this machine")
    assert not [line for line in await report(services, here) if line.startswith(("ok webhooks", "FAIL webhooks"))]


async def test_a_bucket_out_of_reach(here: Path, services: CheckedServices) -> None:
    """A bucket for images that does not answer is one line of the report."""
    lines = await report(services, here, images_url="s3://pictures/easel?endpoint=http://127.0.0.1:1")

    assert [line for line in lines if "IMAGES_URL names a bucket that cannot be used" in line and "FAIL" in line]
