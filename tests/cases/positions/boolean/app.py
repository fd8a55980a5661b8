x = ("<<k>>" and 1) or not "<<j>>"
