"""The REST API: what every operation shares. Features declare theirs in ``api.py``."""
