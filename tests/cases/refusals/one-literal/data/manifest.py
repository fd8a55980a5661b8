{"name": "ledger", "password": "<<ledger>>"}
