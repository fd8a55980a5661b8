#!/usr/bin/env python3
# -*- coding: utf-8 -*-
# Copyright (c) nobody
"""Module docstring.

Über: more than one line.
"""
# a comment
from __future__ import annotations; from __future__ import division

password = "<<pw>>"
