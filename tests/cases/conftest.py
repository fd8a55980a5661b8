"""The cases are projects, not tests: tests/laboratory runs them."""

collect_ignore_glob = ["*"]
