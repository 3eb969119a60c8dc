"""All that is kept of one person, wherever it is kept: to hand it to them, and to remove it.

It may look into every area, and works from the tables as they are: a table added tomorrow that points at a person or
holds an address is handed over and cleaned without a line here. What must not simply go is named in `erasing`.
"""
