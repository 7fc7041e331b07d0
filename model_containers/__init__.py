"""Models that come with LabelBuddy, each a small service behind one REST contract; nothing here imports the app."""
