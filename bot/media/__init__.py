"""Images as bytes: fetched only from where they may come, checked before use, kept by content, drawn small."""
