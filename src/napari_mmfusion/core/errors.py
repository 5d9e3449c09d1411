"""Every error and warning this package raises on purpose; each message says what to do."""


class MMFusionError(Exception):
    """Base of all errors of napari-mmfusion."""


class MMFusionDataError(MMFusionError, ValueError):
    """Arrays that cannot be fused: wrong shape, type or content."""


class MMFusionParameterError(MMFusionError, ValueError):
    """A parameter outside its range or of the wrong kind."""


class MMFusionReadError(MMFusionDataError):
    """A file that cannot be read as a HAADF image with chemical maps."""


class MMFusionWriteError(MMFusionError, OSError):
    """Results that could not be written; files already there are untouched."""


class MMFusionComputeError(MMFusionError):
    """A failure inside the compiled core (never a ``RuntimeError``, which some workers swallow)."""


class MMFusionStoppedError(MMFusionError):
    """A stop flag was set before there was anything to return."""


class MMFusionWarning(UserWarning):
    """Something was given that changes nothing."""
