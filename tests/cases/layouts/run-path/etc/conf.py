PASSWORD = "<<a>>"
USER = "svc"
