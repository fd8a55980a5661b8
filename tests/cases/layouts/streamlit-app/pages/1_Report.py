import streamlit as st

KEY = "<<a>>"
