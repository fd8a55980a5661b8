from shop import API_TOKEN
