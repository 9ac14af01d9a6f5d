"""LSTM and GRU layers as programs."""

from __future__ import annotations

from har_core.models.networks import build_weightless, count_parameters
from har_core.models.options import BilstmOptions, GruOptions, RecurrentOptions
from har_core.models.plain import PlainPrograms
from har_core.models.plain.parts import (
    TRUE_IN_TORCH,
    before_in_keras,
    before_in_torch,
    keras_input,
    keras_program,
    pooled_in_keras,
    pooled_in_torch,
    torch_program,
)


def write(options: RecurrentOptions, inputs: int, classes: int) -> PlainPrograms:
    """Return the programs of LSTM or GRU layers."""
    hidden, dropout, layers = options.hidden, options.dropout, getattr(options, "layers", 1)
    both = isinstance(options, BilstmOptions) or getattr(options, "bidirectional", False)
    kind, gru = ("GRU", True) if isinstance(options, GruOptions) else ("LSTM", False)
    width = hidden * (2 if both else 1)
    count = count_parameters(build_weightless(options, inputs, classes))
    more = f", num_layers={layers}, dropout={dropout}" if layers > 1 else ""
    more += ", bidirectional=True" if both else ""
    packing, taken = ["pack_padded_sequence"], []
    if options.head == "last":
        taken = [f"features = {'torch.cat([last[-2], last[-1]], dim=1)' if both else 'last[-1]'}"]
    else:
        packing.append("pad_packed_sequence")
        taken = [
            "outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=frames.shape[1])",
            *pooled_in_torch(options.head),
        ]
    before = before_in_torch(options, inputs)
    given, name = getattr(options, "projection", 0) or inputs, kind.lower()
    in_torch = torch_program(
        count, inputs, classes, width, options,
        layers=[*before[0], f"self.{name} = nn.{kind}({given}, {hidden}, batch_first=True{more})"],
        steps=[
            *(TRUE_IN_TORCH if options.head != "last" or options.input_norm else []),
            *before[1],
            "packed = pack_padded_sequence(frames, lengths, batch_first=True, enforce_sorted=False)",
            f"outputs, {'last' if gru else '(last, _)'} = self.{name}(packed)",
            *taken,
        ],
        imports=[f"from torch.nn.utils.rnn import {', '.join(packing)}"],
    )  # fmt: skip
    fewer = 0 if gru else 4 * width * layers
    padding = "A frame of nothing but zeros counts as padding."
    lines = [
        f"# {count:,} parameters. {padding}" if gru else
        f"# {count - fewer:,} parameters, {fewer:,} fewer than in PyTorch: there each LSTM has two bias\n"
        f"# vectors, which are added to each other, here one. {padding}",
        *keras_input(inputs, with_true=options.head != "last"),
        "outputs = layers.Masking()(frames)",
        *before_in_keras(options),
    ]  # fmt: skip
    for layer in range(layers):
        whole = layer < layers - 1 or options.head != "last"
        made = f"layers.{kind}({hidden}{', return_sequences=True' if whole else ''})"
        lines.append(f"outputs = {f'layers.Bidirectional({made})' if both else made}(outputs)")
        if layer < layers - 1:
            lines.append(f"outputs = layers.Dropout({dropout})(outputs)")
    lines += ["features = outputs"] if options.head == "last" else pooled_in_keras(options.head)
    return PlainPrograms(in_torch, keras_program(lines, dropout, classes))
