"""Where meetings are recorded: a folder for each provider behind one interface, asked every ten minutes.

What a provider says is a hint: its files are fetched, probed and hashed as any other. Uses catalogue, queue, elsewhere.
"""
