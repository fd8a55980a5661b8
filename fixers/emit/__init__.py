"""Files to review and run instead of `migrate`: commands, policies, templates, a runbook. None holds a value."""
