password = "<<a>>=#<<b>>"
