"""Questions to a session, from 72 hours before it to 72 hours after: asked, voted for, moderated, answered for ever."""
