"""What comes after the work: acceptance, performance assessment, the track record."""
