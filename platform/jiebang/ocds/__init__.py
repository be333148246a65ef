"""Open Contracting (OCDS 1.1): what was awarded and commissioned, as releases for machines."""
