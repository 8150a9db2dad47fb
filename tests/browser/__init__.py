"""Pages in a real Chromium. A package, so that its conftest is not mistaken for the one above it."""
