"""Vimeo, as pages that are linked and watched."""
