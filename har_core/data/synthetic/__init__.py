"""A data set in the shape of MSR Action3D, computed from a moving skeleton."""

from har_core.data.synthetic.data_set import make_synthetic

__all__ = ["make_synthetic"]
