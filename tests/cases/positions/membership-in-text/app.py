x = "a" in "<<k>>"
