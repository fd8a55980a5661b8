from dotenv import dotenv_values

K = dotenv_values('.env')['API_TOKEN']
