"""doc"""; import os; password = "<<pw>>"; del_ = 1
