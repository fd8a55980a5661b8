x = f"<<k>> and <<j>>"
