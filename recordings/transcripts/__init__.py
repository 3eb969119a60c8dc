"""Words said: captions in and out as WebVTT, cues with their seconds. Uses assets and catalogue."""
