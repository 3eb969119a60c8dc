"""What was recorded, when, whose, who may see it, and which files make it up. Uses assets and the seminars app."""
