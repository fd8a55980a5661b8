"""doc"""
PASSWORD = "<<pw>>"
import os
import sys
