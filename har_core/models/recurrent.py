"""LSTM, stacked LSTM and Bi-LSTM."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from har_core.models.dropout import Dropout
from har_core.models.options import BilstmOptions, RecurrentOptions


class RecurrentClassifier(nn.Module):
    """LSTM layers, dropout behind each, and a linear layer on the last output.

    Each layer is a ``torch.nn.LSTM`` of its own, because the dropout between the layers of one takes its
    random numbers from the generator that the whole process shares.
    """

    def __init__(
        self,
        inputs: int,
        classes: int,
        *,
        hidden: int,
        layers: int,
        bidirectional: bool,
        dropout: float,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        width = hidden * (2 if bidirectional else 1)
        self.hidden = hidden
        self.layers = nn.ModuleList(
            nn.LSTM(inputs if layer == 0 else width, hidden, batch_first=True, bidirectional=bidirectional)
            for layer in range(layers)
        )
        self.dropout = Dropout(dropout, generator)
        self.head = nn.Linear(width, classes)

    def features(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Return what the last layer gives when it has read the sequence, (B, H) or (B, 2 H).

        Args:
            inputs: (B, T, F), padded behind.
            lengths: (B) true numbers of frames, on the CPU.
        """
        outputs = inputs
        for depth, layer in enumerate(self.layers):
            if depth:
                outputs = self.dropout(outputs)
            outputs = _run_layer(layer, outputs, lengths)  # (B, T, width)
        rows = torch.arange(len(outputs), device=outputs.device)
        last = outputs[rows, (lengths - 1).to(outputs.device)]
        # The backward direction has read the whole sequence when it is back at the first frame.
        return torch.cat([last[:, : self.hidden], outputs[:, 0, self.hidden :]], dim=1)

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Return (B, K) logits of (B, T, F) inputs with (B) true lengths."""
        logits: Tensor = self.head(self.dropout(self.features(inputs, lengths)))
        return logits


def _run_layer(layer: nn.Module, inputs: Tensor, lengths: Tensor) -> Tensor:
    """Return the (B, T, width) outputs of one layer; padding does not reach a true frame.

    Reading forward meets the padding only behind the true frames. Reading backward meets it first,
    so there, and only where lengths differ, the batch is packed, which costs time.
    """
    outputs: Tensor
    if layer.bidirectional and bool((lengths != inputs.shape[1]).any()):
        packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
        outputs, _ = pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=inputs.shape[1])
    else:
        outputs, _ = layer(inputs)
    return outputs


def build_recurrent(
    options: RecurrentOptions, inputs: int, classes: int, generator: torch.Generator
) -> RecurrentClassifier:
    """Build an LSTM, a stacked LSTM or a Bi-LSTM with fresh weights.

    Weights are drawn as ``torch.nn.LSTM`` does, from U(-1/sqrt(H), 1/sqrt(H)), but from the given generator.

    Args:
        options: units, layers, dropout.
        inputs: F.
        classes: K.
        generator: the source of every random number of the model.
    """
    model = RecurrentClassifier(
        inputs,
        classes,
        hidden=options.hidden,
        layers=getattr(options, "layers", 1),
        bidirectional=isinstance(options, BilstmOptions),
        dropout=options.dropout,
        generator=generator,
    )
    bound = options.hidden**-0.5
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -bound, bound, generator=generator)
    return model
