"""Methods compared on the same hidden data, their table, and the gate that judges each map."""
