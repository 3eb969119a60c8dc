"""Topics that people suggest and vote for, until they become sessions."""
