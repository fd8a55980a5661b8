"""Rules: what credentials look like, as data, and the code that loads and checks it."""
