"""The bureau's figures: one function a chart."""
