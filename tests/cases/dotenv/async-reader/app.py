import os
from dotenv import load_dotenv
load_dotenv()


async def f():
    token = os.environ['API_TOKEN']
    return token, [os.getenv('API_TOKEN') for _ in range(2)]
