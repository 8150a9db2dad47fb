"""How right the extraction is, on annotated articles: not part of the package, run by `make accuracy`."""
