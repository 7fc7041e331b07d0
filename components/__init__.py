"""Streamlit components of LabelBuddy."""
