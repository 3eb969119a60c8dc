"""How fast mails leave, and whether the mail server is away: known to every worker, kept in the database."""
