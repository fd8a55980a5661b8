import os; password = "<<pw>>"; name = os.sep
