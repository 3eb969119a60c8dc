"""YouTube, as pages that are linked and watched."""
