"""Messages, notices and tooltips, in the words of the window."""
