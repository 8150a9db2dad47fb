"""Faults done to diplograph on purpose, one module for each kind; ``faults.toml`` lists them, ``ledger`` counts them."""
