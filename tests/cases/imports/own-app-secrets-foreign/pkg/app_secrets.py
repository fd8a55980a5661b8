TOKEN = '<<t>>'
