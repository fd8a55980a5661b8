from setuptools import setup

UPLOAD_TOKEN = "<<b>>"
if __name__ == "__main__":
    setup(name="pkg", packages=["pkg"], install_requires=["requests"])
