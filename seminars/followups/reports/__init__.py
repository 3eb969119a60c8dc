"""The session report: its form, several hands that write it, its page, its papers to print and to fill offline."""
