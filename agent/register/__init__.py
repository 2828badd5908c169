"""The register: persons, drafts, the form, scope rules, and the desk that a card is laid on."""
