TOKEN = "<<a>>"
app = object
