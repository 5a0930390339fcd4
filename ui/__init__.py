"""The web page: the only Gradio code besides app.py."""
