"""The day itself: the run-sheet with its ticks, and the questions that come by phone."""
