def token(): return "<<k>>"
