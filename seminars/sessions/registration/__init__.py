"""Registration for a session, without an account: asked, confirmed by mail, changed and withdrawn by a secret link.

Who is registered, and whether they want invitations for their calendar; `notifications.registrations` writes the mails.
"""
