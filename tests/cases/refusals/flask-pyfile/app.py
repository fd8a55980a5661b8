import os

from flask import Flask

app = Flask(__name__, root_path=os.path.dirname(os.path.abspath(__file__)))
app.config.from_pyfile("instance.cfg")
