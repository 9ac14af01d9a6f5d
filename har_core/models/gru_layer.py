"""A GRU layer on sequences of different lengths. Torch computes it."""

from torch import Tensor, nn

from har_core.engine import Batch


class GruLayer(nn.GRU):
    """One layer in one or both directions: ``nn.GRU`` with its names, shapes and results, on a ``Batch``."""

    def __init__(self, inputs: int, hidden: int, *, bidirectional: bool = False) -> None:
        super().__init__(inputs, hidden, batch_first=True, bidirectional=bidirectional)

    def _get_name(self) -> str:
        """Return what torch calls the layer where it shows it."""
        return "Bidirectional GRU" if self.bidirectional else "GRU"

    def forward(self, batch: Batch) -> tuple[Batch, Tensor]:  # type: ignore[override]
        """Lead the sequences through the layer.

        Returns:
            The (S, D H) outputs behind each frame, D directions beside each other, as a batch of the same
            sequences; and (B, D H) the output of each direction when it has read its sequence.
        """
        if batch.frames.is_meta:
            return batch.meta_outputs(self.hidden_size * (2 if self.bidirectional else 1))
        return batch.run_packed(super().forward)
