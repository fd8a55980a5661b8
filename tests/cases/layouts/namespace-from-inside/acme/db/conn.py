import acme.web.conn
PASSWORD = '<<a>>'
