"""An account's own affairs: what can be set for sign-in, and orders to erase it. Who acts on them stands higher up."""
