"""Pages: addresses and one module per noun on the screen. A view is: form, one verb, response."""
