"""The texts of contracts: templates, Word and PDF, signed copies, pledges, registration."""
