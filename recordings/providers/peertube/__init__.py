"""PeerTube, as pages that are linked and watched."""
