PASSWORD = '<<b>>'
