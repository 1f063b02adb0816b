"""What is said about images that members give."""

from __future__ import annotations

from functools import partial

from bot.texts.kinds import cannot_run, not_now
from bot.texts.templates import Refusal

_unusable = partial(
    Refusal,
    title="I can't use that image",
    advice="Attach a PNG, JPEG, WebP or GIF of at most 20 MB and 40 megapixels; a JPEG may have 256.",
)
EMPTY = _unusable("{filename}: the file is empty.")
TOO_LARGE = _unusable("{filename}: the file has {size:,.1f} MB; I can take up to {most:g} MB.")
LARGER_THAN = _unusable("{filename}: the file is larger than {most:g} MB.")
TOO_MANY_PIXELS = _unusable(
    "{filename}: the image has {width:,} \u00d7 {height:,} pixels; I can take up to {most} megapixels."
)
NO_PIXELS = _unusable("{filename}: its header says that it has no pixels.")
CUT_OFF = _unusable("{filename}: the file breaks off; it was probably not saved or sent whole.")
TOO_MANY_PARTS = _unusable("{filename}: the file consists of too many small parts.")
DAMAGED = _unusable("{filename}: the file is damaged or was not sent whole.")
DAMAGED_HEADER = _unusable("{filename}: its header is damaged.")
TOO_MUCH_MEMORY_JPEG = _unusable(
    "{filename}: it is a progressive JPEG of {width:,} \u00d7 {height:,} pixels, which takes more memory to open than "
    "I have; save it as an ordinary JPEG first."
)
TOO_MUCH_MEMORY_WEBP = _unusable(
    "{filename}: it is a WebP of {width:,} \u00d7 {height:,} pixels, which takes more memory to open than I have; save "
    "it as an ordinary JPEG first."
)
NO_FORMAT = _unusable("{filename}: it is none of the four formats.")
NO_IMAGE = _unusable("{filename}: it is not an image, whatever its name says.")
IS_HEIC = _unusable("{filename}: it is a HEIC photo; save it as JPEG first.")
IS_AVIF = _unusable("{filename}: it is an AVIF image; save it as PNG or JPEG first.")
IS_VIDEO = _unusable("{filename}: it is a video, not an image.")
IS_PDF = _unusable("{filename}: it is a PDF, not an image.")
IS_BMP = _unusable("{filename}: it is a BMP image; save it as PNG first.")
IS_TIFF = _unusable("{filename}: it is a TIFF image; save it as PNG or JPEG first.")
IS_JPEG_XL = _unusable("{filename}: it is a JPEG XL image; save it as PNG or JPEG first.")
IS_JPEG_2000 = _unusable("{filename}: it is a JPEG 2000 image; save it as PNG or JPEG first.")
IS_PSD = _unusable("{filename}: it is a Photoshop file (PSD); save it as PNG or JPEG first.")
IS_ICON = _unusable("{filename}: it is an icon (ICO); save it as PNG first.")
IS_SVG = _unusable("{filename}: it is an SVG drawing; save it as PNG first.")
WRONG_SIDES = _unusable(
    "{filename}: {model} takes images of {least:,} to {most:,} pixels a side; this one has {width:,} by {height:,}.",
    advice="Attach another one, or choose another model.",
)
GONE = _unusable(
    "{filename}: Discord no longer has this file.", advice="Attach it again and send the command once more."
)
NOT_SENT = _unusable(
    "{filename}: Discord did not deliver this file just now.", advice="Send the command once more in a minute."
)
NOT_PUBLIC = _unusable(
    "{filename}: this bot's own network does not lead to Discord's file host.",
    advice="Only whoever runs the bot can fix that: its log and easel check say how.",
)
NOT_FROM_DISCORD = _unusable("{filename}: it is not served by Discord itself; I only fetch files that are.")

OF_OUR_OWN, OUTPUT = "This picture", "the output"
NOT_KEPT = Refusal(
    "{filename} is no longer stored.",
    title="I no longer have that picture",
    advice="Attach it again, or choose another one; /references show has what is left of your tray.",
)
CANNOT_KEEP = not_now("I can't store images at the moment.")
CANNOT_READ = not_now("I can't read my stored images at the moment.")
TAKEN_DOWN = cannot_run(
    "Reference {place} was hidden or deleted in this server.",
    title="That picture was taken down",
    advice="Take it out of your references, or choose another one.",
)
NO_IMAGES = cannot_run(
    "I can use PNG, JPEG, WebP and GIF files of a message or of one that it forwards, and images in embeds that are "
    "stored at Discord; links to other places and videos do not count.",
    title="There is no image in that message",
)
NO_IMAGE_CHOSEN = cannot_run("There is no image in that form.", advice="Choose one, and send the form again.")
