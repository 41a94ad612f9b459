"""Timelines on screen: of one official, as an overview and zoomed, and of the whole roster."""
