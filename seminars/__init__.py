"""Webinars and seminar series: planned across time zones, published as calendar feeds."""

# First of all statements: zoneinfo prefers the system's time zone files, and distributions ship them months
# late (an hour off in a dozen zones). Only the tzdata package, which we update ourselves, is the clocks' law.
import zoneinfo

zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
