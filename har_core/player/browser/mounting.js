// --- What lasts of a component ----------------------------------------------------------------------------

// Streamlit calls a component's default export again on each rerun and theme change, and when it has put another
// root into the same parent.
const mounted = new WeakMap();

// Returns what `mount(root)` made of the root at the first call; it is ended by `stop` when its root is gone, or
// when its `end()` is called.
function mountOnce(parentElement, selector, mount, stop) {
  const root = parentElement.querySelector(selector), before = mounted.get(parentElement);
  if (before?.root === root) return before;
  if (before) stop(before);
  const made = mount(root);
  made.end = () => {
    stop(made);
    mounted.delete(parentElement);
  };
  mounted.set(parentElement, made);
  return made;
}
