"""Rankings in plain Python: rows, versions and their chain, what stands between two parks."""
