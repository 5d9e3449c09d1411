"""The parts of `suggest`: pixels held out, their score, the search, and its assumptions."""
