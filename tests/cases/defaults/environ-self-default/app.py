import os

os.environ["GH_TOKEN"] = os.environ.get("GH_TOKEN", "<<a>>")
T = os.getenv("GH_TOKEN", default="<<a>>").encode()
if not os.environ.get("GL_TOKEN"):
    os.environ["GL_TOKEN"] = "<<b>>"
