from .names import NAME

password = "<<pw>>"
result = NAME
