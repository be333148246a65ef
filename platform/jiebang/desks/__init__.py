"""工作台: what waits for a person from every app, and what that person did."""
