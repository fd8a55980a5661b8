from hello_world import app
