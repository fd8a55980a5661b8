token = "<<t>>"
A = f"{token=!s:.4}" f'{"x"}' "tail <<u>>"
