try:
    raise ExceptionGroup("g", [ValueError("<<k>>")])
except* ValueError as group:
    x = group.exceptions[0].args
