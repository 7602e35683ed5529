"""Student's t: how much wider an interval must be where its spread is known by few."""

# The 97.5th percentile for 1, 2, 3, … degrees of freedom.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


def student(df: int) -> float:
    """Return how many standard errors a 95 % interval reaches to either side; df is 1 or more."""
    if df <= len(_T):
        return _T[df - 1]
    # The terms of Cornish and Fisher; from here on they err by less than 0.001.
    return 1.95996 + 2.3723 / df + 2.8225 / df**2 + 2.5557 / df**3
