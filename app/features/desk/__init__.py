"""Home, 工作台 and what gathers from all features."""
