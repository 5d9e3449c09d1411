"""The trust tools in the dock."""
