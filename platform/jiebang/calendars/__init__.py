"""Working days: weekends, public holidays, days worked instead, and what the bureau corrects."""
