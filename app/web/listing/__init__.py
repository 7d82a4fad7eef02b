"""Lists: what may be asked of one (``spec``), what was asked (``criteria``), what is shown (``page``)."""
