"""A case as one document, for a lawyer, a court or another office: what was ticked, as it stands now."""
