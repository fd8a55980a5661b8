password = "<<a>>\x41\u00e9\t\"<<b>>"
