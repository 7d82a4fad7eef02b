"""Every write on assessment: bare verbs, actor first; they flush, the caller commits."""
