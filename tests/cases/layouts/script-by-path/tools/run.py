#!/usr/bin/env python
import helper

PW = dict(password='<<pw>>')
