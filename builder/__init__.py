"""diplograph: a knowledge graph of diplomacy from Arabic news."""
