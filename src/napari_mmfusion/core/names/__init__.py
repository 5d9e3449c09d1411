"""What the names of images say: which is the HAADF image, and which map is of which element.

`vocabulary` lists words, `words` cuts a name into them, `candidates` finds what could be a symbol,
`reading` decides for all names of a data set together, and `roles` for names with shapes.
"""
