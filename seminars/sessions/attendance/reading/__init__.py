"""Lists that meeting programs give: bytes to rows, rows to people with their hours. Plain Python, no database."""
