token = "<<a>>"  # same as a
