"""Other people's servers: asked by address, on the open internet only.

Owns who may be connected to and how a page elsewhere is asked for. Uses nothing of ours, so that calendars and
recordings obey one rule: an address that somebody pasted must never reach what lies inside the network we run in.
"""
