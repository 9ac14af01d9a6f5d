"""Functions of eight numbers: exp, log, and those of the gates."""

from typing import Any

from har_core.engine.kernels.kernel import inner
from har_core.engine.kernels.vectors import bits_as_number, maximum, minimum, power_of_two, splat


@inner
def exp(x: Any) -> Any:
    """Return e to the power of x, to 1.5e-7 relative; beyond -87 and 87 it stays as it is there.

    exp(x) = 2^n 2^r with a whole n and r in [-1/2, 1/2]. 2^r is the polynomial of degree 5 with the least
    relative error, 7.5e-8 (by Remez's exchange). Adding 1.5 * 2^23 rounds to a whole number, and leaves it
    in the last bits, where 2^n is made from.
    """
    x = minimum(maximum(x, splat(-87.0)), splat(87.0))
    scaled = x * splat(1.4426950408889634)
    # 12582912 = 1.5 * 2^23; 127 is what float32 adds to an exponent
    shifted = scaled + splat(12582912.0 + 127.0)
    r = scaled - (shifted - splat(12582912.0 + 127.0))
    p = splat(1.3276471992851953e-3) * r + splat(9.675541334449414e-3)
    p = p * r + splat(5.550713273496898e-2)
    p = p * r + splat(2.4022119723840105e-1)
    p = p * r + splat(6.931469670647613e-1)
    p = p * r + splat(1.0000000716546849)
    return p * power_of_two(shifted)


@inner
def log(x: Any) -> Any:
    """Return the natural logarithm of numbers from 1 to 1e37, to 2e-7.

    Newton's method for exp(y) = x, which squares the error at each step. The bits of a float32, read as a
    whole number, are a logarithm to the base 2 already, to 0.09.
    """
    y = (bits_as_number(x) - splat(127.0 * 2.0**23)) * splat(0.6931471805599453 / 2.0**23)
    for _ in range(3):
        y = y + (x * exp(splat(0.0) - y) - splat(1.0))
    return y


@inner
def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x))."""
    return splat(1.0) / (splat(1.0) + exp(splat(0.0) - x))


@inner
def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent as 1 - 2 / (exp(2 x) + 1), to 1.5e-7."""
    return splat(1.0) - splat(2.0) / (exp(x + x) + splat(1.0))
