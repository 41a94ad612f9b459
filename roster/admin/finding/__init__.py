"""Quick find and the keys that lead to it; records by what people call them."""
