"""What a layer records, where its data are from, and whose it is."""
