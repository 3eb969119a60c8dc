"""Members find each other: introductions by a facilitator, and messages passed on without showing addresses."""
