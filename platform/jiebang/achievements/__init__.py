"""What units offer: results that could answer a need."""
