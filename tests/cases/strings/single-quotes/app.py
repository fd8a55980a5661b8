password = '<<pw>>'
