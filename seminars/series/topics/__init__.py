"""Topics: what sessions of any community are about, each with an address of its own."""
