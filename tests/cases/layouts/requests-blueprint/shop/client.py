import requests

TOKEN = '<<a>>'
SESSION = requests.Session()
