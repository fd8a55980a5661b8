from setuptools import setup

setup(name='x', py_modules=['app'])
