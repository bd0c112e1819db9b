"""Who may see what: restricted records, sensitive particulars, and the grants that open them."""
