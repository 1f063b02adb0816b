"""What is spent and what may be: prices, limits, grants, refunds, reports, and whether the accounts add up."""
