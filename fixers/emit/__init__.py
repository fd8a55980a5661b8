"""What a person reviews and runs instead of `migrate`: commands, policies, a runbook. No value stands in any of it."""
