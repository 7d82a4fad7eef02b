"""提出异议: a park objects to what was published; the zone answers with reasons."""
