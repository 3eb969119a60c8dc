"""What a community says to who has just become a member, once."""
