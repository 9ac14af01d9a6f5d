"""What the tables hold that tell the kernel of fused steps where things lie, by their columns."""

FORWARD, BACK, COLUMNS, PARAMETERS, INPUTS, WINDOW, UNITS, GATES, GRADIENTS, ADDED = range(10)
"""Of a matrix: where it begins forward, back (-1 for none), and how many columns it has there; where it
begins in the parameters; its inputs, frames of a window, units and gates; where its gradients begin, which
lie as it does forward; 1 for a second bias, which is added to the first."""

(
    BETWEEN, GRAD_OUTPUT, GRAD_INPUT, WINDOWS, LASTS, FEATURES, LOGITS, GRAD_LASTS, GRAD_FEATURES,
    GRAD_LOGITS, LIVE, ZEROS, SAVED,
) = range(13)  # fmt: skip
"""Where in the workspace of a thread begin: inputs of the upper layers of an LSTM; gradients of the outputs
of a layer and of the one below it, which take turns for convolutions; windows of a sequence; last outputs;
features; logits; the gradients of these three; slots; zeros; and what layers save for the way back."""
