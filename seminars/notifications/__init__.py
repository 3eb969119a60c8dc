"""Telling people, once: mails are rows (`posting`), written late from the facts (`letters`, `kinds`), sent by `outbox`.

Uses sessions, series, people, changes. Areas below never call it: `moves` looks for their Changes and claims them.
`mailbox` reads back the mails that the embedded default keeps as files.
"""
