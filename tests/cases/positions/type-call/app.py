Config = type("Config", (), {"token": "<<k>>"})
