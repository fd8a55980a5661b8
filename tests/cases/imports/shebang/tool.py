#!/usr/bin/env python3
# -*- coding: utf-8 -*-
# Copyright the shop.

import sys

password = "<<pw>>"
name = sys.argv[0][-7:]
