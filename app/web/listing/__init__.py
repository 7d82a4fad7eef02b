"""What list, record and form templates are given (``page``) and how it is put together."""
