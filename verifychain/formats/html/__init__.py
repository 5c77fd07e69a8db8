"""HTML pages and templates, read as browsers read them."""
