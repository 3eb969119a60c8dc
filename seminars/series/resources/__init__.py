"""Links and opportunities with deadlines that members share, kept by a moderator. Tagged with topics, hence here."""
