password = "<<a>>'<<b>>"
