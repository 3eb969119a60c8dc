"""What happened to what, when, by whom. Every area above writes here in the transaction of the fact itself.

A Change is history and news at once; a Version counts the changes of a scope (the site, a community, a series), so
that a reader such as a feed knows with one look whether it is up to date. `refusing.UserError` is what every verb
says when it cannot do what a person asked; it lies here because every area above uses it.
"""
