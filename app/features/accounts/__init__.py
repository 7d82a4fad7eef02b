"""People, roles, sign-in and account administration."""
