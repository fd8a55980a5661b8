x = ("<<k>>"  # first
     # between
     ":"  # second
     )
