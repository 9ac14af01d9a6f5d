"""How sequences were made ready for a model, in words."""

from har_core.data.preparation import Preparation

_SEQUENCES = {
    "published": "without those that the literature's list of 557 leaves out",
    "all": "all sequences",
}
_UNTRACKED = {
    "drop": "untracked frames left out",
    "interpolate": "untracked frames filled in on straight lines",
    "keep": "untracked frames kept as zeros",
}
_CENTRING = {
    "each-frame": "the middle of the hips subtracted from each frame",
    "first-frame": "the middle of the hips of the first frame subtracted",
    "none": "positions as the camera sees them",
}
SCALING = {
    "sequence-axis": "each axis of each sequence scaled to [-1, 1]",
    "sequence": "each sequence scaled to [-1, 1] as a whole",
    "training-set": "all sequences divided by one number, such that the training part fills [-1, 1]",
    "none": "not scaled",
}
"""How positions come to [-1, 1], by the option of ``Preparation``."""


def say_preparation(preparation: Preparation) -> str:
    """Say in a line how sequences were made ready for a model."""
    frames = "frames as recorded"
    if preparation.frames is not None:
        frames = f"each sequence resampled to {preparation.frames} frames"
    return "; ".join(
        [
            _SEQUENCES[preparation.sequences], _UNTRACKED[preparation.untracked],
            _CENTRING[preparation.centring], frames, SCALING[preparation.scaling],
        ]
    )  # fmt: skip
