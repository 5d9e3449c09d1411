"""What napari.yaml names: readers, writers, samples and menu commands."""
