"""What the tables say that tell the kernel of whole steps where things lie, by their columns."""

FORWARD, BACK, COLUMNS, PARAMETERS, INPUTS, WINDOW, UNITS, GATES, DERIVATIVES, ADDED = range(10)
"""Of a matrix: where it begins forward, back (-1 for none), and how many columns it has there; where it
begins in the parameters; its inputs, frames of a window, units and gates; where its derivatives begin, which
lie as it does forward; 1 for a second bias, which is added to the first."""

(
    BETWEEN, ASKED, ASKED_BELOW, WINDOWS, LASTS, FEATURES, LOGITS, ASKED_LASTS, ASKED_FEATURES, ASKED_LOGITS,
    LIVE, ZEROS, KEPT,
) = range(13)  # fmt: skip
"""Where in the room of a thread begin: inputs of the upper layers of an LSTM; derivatives of the outputs of a
layer and of the one below it, which take turns for convolutions; windows of a sequence; last outputs;
features; logits; the derivatives of these three; slots; zeros; and what layers keep on the way forward."""
