"""The pages, one Blueprint for each area."""
