"""The enterprise register: list, form, import, export (manual 001, 1.3.6)."""
