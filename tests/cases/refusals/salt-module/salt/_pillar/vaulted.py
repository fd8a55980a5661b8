def ext_pillar(minion_id, pillar):
    return {"ledger_password": "<<ledger>>"}
