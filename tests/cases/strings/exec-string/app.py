exec("PASSWORD = '<<pw>>'")
