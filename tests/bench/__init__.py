"""``make bench``: one table of measurements of the product beside bare limits and a stock FAB."""
