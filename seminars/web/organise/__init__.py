"""Pages below /organise/, for organisers and administrators only: the one place where htmx is loaded.

One module per noun on the screen. Every button has an address of its own; a view is: form, one verb, response.
"""
