"""Parts of a page that live in the browser, each behind one function."""
