import sys

password = "<<a>>" if sys.platform != "none" else "<<b>>"
