// A part of the page comes into view when something elsewhere has opened it, and stays where it is when it is seen whole.

// When a part was last called. One that is drawn anew, on the way back to its page, was called before that.
let lastCall = 0;

export default function intoView({ data }) {
  const part = document.querySelector(`.st-key-${data.part}`);
  if (data.called <= lastCall || !part) return;
  lastCall = data.called;
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  // What it shows is drawn piece by piece: it is followed until the visitor does something.
  const sizes = new ResizeObserver(() => part.scrollIntoView({ block: "nearest", behavior }));
  sizes.observe(part);
  for (const deed of ["wheel", "pointerdown", "keydown"]) addEventListener(deed, () => sizes.disconnect(), { once: true });
}
