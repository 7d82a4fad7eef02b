"""考核评估: schemes, rounds, filling in, review by item, experts, scoring runs."""
