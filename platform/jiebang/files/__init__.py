"""Files that people hand in: looked at before they count, shown to whom they concern."""
