"""What a file can say: dataclasses only, one module per kind. Formats yield them, rules judge them."""
