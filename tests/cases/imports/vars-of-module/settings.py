PASSWORD = '<<pw>>'
