"""Plain Python that everything may use: errors, actor, clock, scope, money."""
