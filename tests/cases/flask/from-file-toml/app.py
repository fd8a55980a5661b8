import os
import tomllib

from flask import Flask

app = Flask(__name__, root_path=os.path.dirname(os.path.abspath(__file__)))
app.config.from_file("config.toml", load=tomllib.load, text=False, silent=True)
