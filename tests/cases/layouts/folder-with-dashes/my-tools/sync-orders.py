#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Sync orders.

usage: sync-orders.py
"""
import sys

TOKEN = "<<a>>"


def main():
    return {"api_key": "<<b>>"}


if __name__ == "__main__":
    main()
