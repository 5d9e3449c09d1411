"""What knows napari and Qt; nothing else in the package does."""
