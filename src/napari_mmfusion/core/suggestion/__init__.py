"""Lambdas from the data: pixels held out, their score, the search, and its assumptions."""
