"""Derived files: disposable, rebuildable, each with the recipe version that made it. ffmpeg runs here only."""
