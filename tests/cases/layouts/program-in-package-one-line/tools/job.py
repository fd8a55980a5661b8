import os; TOKEN = "<<a>>"
if __name__ == "__main__": print(TOKEN)
