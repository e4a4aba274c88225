"""How many control steps anything may be asked to last: beyond it a number is a slip, not a wish."""

#: More than two days at 50 Hz; what is kept of each step still fits a computer's memory.
MOST_STEPS = 10_000_000
