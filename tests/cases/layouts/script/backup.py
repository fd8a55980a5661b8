import sys

password = "<<pw>>"
print(len(password))
