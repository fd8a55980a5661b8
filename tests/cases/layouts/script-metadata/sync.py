#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "requests<3",
# ]
# ///
"""Sync."""

TOKEN = api_token = "<<t>>"

if __name__ == "__main__":
    print(len(TOKEN))
