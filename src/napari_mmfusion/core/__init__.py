"""The science: data, parameters, model, fusion. Knows neither napari nor Qt nor files."""
