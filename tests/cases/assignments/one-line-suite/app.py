if True: password = "<<pw>>"
else: password = None
