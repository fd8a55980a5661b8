PASSWORD = '<<y>>'
