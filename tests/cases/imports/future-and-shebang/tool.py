#!/usr/bin/python3
# vim: set fileencoding=utf-8 :
'''Tool's docstring.'''
from __future__ import (
    annotations,
)
# after
A = "<<a>>"
