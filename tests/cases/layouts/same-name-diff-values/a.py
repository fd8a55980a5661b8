PASSWORD = '<<x>>'
