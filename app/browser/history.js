// A page of the dashboard is one entry in the browser's history, whatever is selected there. Streamlit adds an entry
// each time the query of the URL changes, of which a page says up to eight parts.
(() => {
  const add = history.pushState;
  history.pushState = function (state, unused, url) {
    const samePage = new URL(url ?? "", location.href).pathname === location.pathname;
    (samePage ? history.replaceState : add).call(history, state, unused, url);
  };
})();
