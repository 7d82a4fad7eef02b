"""Lists below the page: filters (``spec``), what was asked (``criteria``), the rows (``source``)."""
