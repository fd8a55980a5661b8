import os, dotenv
dotenv.load_dotenv(dotenv.find_dotenv())
A = (os.environ["API_TOKEN"], os.environ["OTHER"], os.environ["EMPTY"])
