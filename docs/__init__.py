"""Pages, and what generates them."""
