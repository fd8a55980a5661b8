#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Nightly export."""
from __future__ import annotations
import argparse, sys
PASSWORD = '<<a>>'

def main(argv=None):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('-p', '--password', default='<<a>>', help='password of the export')
    p.add_argument('--api-key', default='<<b>>')
    a = p.parse_args(argv)
    print('%s:%s' % (a.password, a.api_key))
    return 0

if __name__ == '__main__':
    main([])
