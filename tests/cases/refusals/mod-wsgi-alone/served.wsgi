def application(environ, start_response):
    return []


application.secret_key = "<<signing>>"
