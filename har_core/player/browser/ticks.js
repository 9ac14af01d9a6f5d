// --- Round numbers along an axis ------------------------------------------------------------------------------

// Round numbers, about so many, the first at or below the low end and the last at or above the high one.
function niceTicks(low, high, count) {
  if (!(low < high)) [low, high] = Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
  const rough = (high - low) / Math.max(count, 2);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9), last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

function digitsOf(ticks) {
  return Math.max(0, -Math.floor(Math.log10(ticks[1] - ticks[0]) + 1e-9));
}

function sayNumber(value, digits) {
  return value.toFixed(digits).replace("-", "−");
}
