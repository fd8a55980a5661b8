import os

# page 2
A = os.getenv('NONE_SUCH')

B_PASSWORD = '<<pw>>'; B = B_PASSWORD
