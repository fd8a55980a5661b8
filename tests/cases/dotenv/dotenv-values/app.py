from dotenv import dotenv_values

config = dotenv_values('.env')
K = config['API_TOKEN']
M = {k: v for k, v in config.items()}
