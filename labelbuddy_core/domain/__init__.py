"""Pure values and rules of annotation: no input or output, no SQL, no Streamlit."""
