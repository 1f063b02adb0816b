"""What a member sees: a message as text, its buttons, its pictures."""

from __future__ import annotations

from tests.wire.discord_fake.component_rules import SELECTS, ComponentType, media_of, walk
from tests.wire.discord_fake.shapes import Json, items_of, part_of
from tests.wire.discord_fake.world import Message

T = ComponentType


def text_of(message: Message) -> str:
    """Write a message as a member reads it, one line a part, components v2 walked in order."""
    if message.loading:
        return "… is thinking"
    lines = [message.content] if message.content else []
    for embed in message.embeds:
        lines += _embed(embed)
    if not _is_v2(message):
        lines += [f"[attachment: {each.filename}]" for each in message.attachments]
    names = {str(each.id): each.filename for each in message.attachments}
    for component in message.components:
        lines += _component(component, names)
    return "\n".join(lines)


def buttons_of(message: Message) -> list[str]:
    """List the labels of a message's buttons that can be pressed."""
    return [
        label_of(component)
        for _, component in walk(message.components)
        if component["type"] == T.BUTTON and not component.get("disabled")
    ]


def label_of(button: Json) -> str:
    """Give a button's label, or its emoji where it has none."""
    return button.get("label") or part_of(button, "emoji").get("name") or ""


def images_of(message: Message) -> list[bytes]:
    """List a message's attached files as bytes, in order."""
    return [each.data for each in message.attachments]


def _is_v2(message: Message) -> bool:
    return bool(message.flags & (1 << 15))


def _embed(embed: Json) -> list[str]:
    lines = [embed[name] for name in ("title", "description") if embed.get(name)]
    lines += [f"{each['name']}: {each['value']}" for each in items_of(embed, "fields")]
    if embed.get("image"):
        lines.append(f"[image: {embed['image']['url']}]")
    if embed.get("footer"):
        lines.append(embed["footer"]["text"])
    return lines


def _component(component: Json, names: dict[str, str]) -> list[str]:
    kind = component["type"]
    if kind in {T.CONTAINER, T.SECTION}:
        inner = [*component["components"], *([component["accessory"]] if component.get("accessory") else [])]
        return [line for each in inner for line in _component(each, names)]
    if kind == T.ACTION_ROW:
        return [" ".join(line for each in component["components"] for line in _component(each, names))]
    media = media_of(component)
    if media:
        word = "file" if kind == T.FILE else "image"
        return [f"[{word}: {names.get(each.get('attachment_id', ''), each['url'])}]" for each in media]
    return [_line(component, kind)]


def _line(component: Json, kind: int) -> str:
    if kind == T.TEXT_DISPLAY:
        return component["content"]
    if kind == T.BUTTON:
        return f"[{label_of(component)}{' (disabled)' if component.get('disabled') else ''}]"
    if kind in SELECTS:
        options = " | ".join(option["label"] for option in items_of(component, "options"))
        return f"[select {component.get('placeholder') or ''}: {options}]"
    return "---"
