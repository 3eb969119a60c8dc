"""Every provider, by name. A new one is a folder and a line here."""

from recordings.providers.bigbluebutton.provider import BigBlueButton
from recordings.providers.interface import Provider
from recordings.providers.zoom.provider import Zoom

PROVIDERS: dict[str, Provider] = {each.name: each for each in (BigBlueButton(), Zoom())}
