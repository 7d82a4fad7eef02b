"""News of parks and of the zone: written, reviewed, published, withdrawn."""
