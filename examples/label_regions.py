"""Mark passages of a recording and see them as a table. Run it with: streamlit run examples/label_regions.py"""

import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the folder that holds `components`
from components.wavesurfer_component import audio_editor

RATE = 22_050
seconds = np.arange(30 * RATE) / RATE
notes = np.sin(2 * np.pi * 220 * 2 ** (np.floor(seconds % 8) / 12) * seconds) * np.exp(-3 * (seconds % 1))
noise = np.random.default_rng(1).uniform(-0.1, 0.1, len(seconds)) * (seconds % 10 > 7)

st.set_page_config("Label regions", layout="wide")
st.title("Label regions")
document = audio_editor((0.5 * notes + noise, RATE), labels=["notes", "noise"], key="example")
st.dataframe(document["regions"], column_order=["start", "end", "label", "text"])
