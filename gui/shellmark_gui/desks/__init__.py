"""What the keys of a page set going: asked of the station through the bridge, shown on the page."""
