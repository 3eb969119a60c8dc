"""Pages of session reports: where one is written (`desk`, by two doors), its paper, and its own page."""
