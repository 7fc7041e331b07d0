"""The pages of the app: thin Streamlit scripts over the services."""
