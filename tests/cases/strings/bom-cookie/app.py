# coding: utf-8
"""d"""
password = "<<pw>>"  # é
