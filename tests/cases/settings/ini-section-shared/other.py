import app
T = app.section['password']
