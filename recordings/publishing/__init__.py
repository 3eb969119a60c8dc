"""Is it complete? Release it: write the materials that session pages and feeds show."""
