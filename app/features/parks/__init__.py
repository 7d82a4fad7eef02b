"""Parks, the organisations behind them, and who works for which park."""
