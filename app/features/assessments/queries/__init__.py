"""Every SELECT on assessment."""
