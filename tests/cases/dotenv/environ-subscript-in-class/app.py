import os
from dotenv import load_dotenv
load_dotenv()


class C:
    T = os.environ['API_TOKEN']

    def __init__(self, u=os.environ.get('API_TOKEN')):
        self.u = f"{os.environ['API_TOKEN']!r}"


d = {'t': os.environ['API_TOKEN'] if 'API_TOKEN' in os.environ else None}
