#!/usr/bin/env -S python3 -P
LEDGER_TOKEN = "<<ledger>>"
