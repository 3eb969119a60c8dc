"""Rooms in which a community meets: where they are, how many they hold, how one gets in."""
