import sys

x = "a" if not sys else "<<k>>" if sys else "<<j>>"
