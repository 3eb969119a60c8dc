"""Django's door to the administrators' pages."""
