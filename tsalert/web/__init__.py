"""HTTP that no capability owns: who may enter, forms, error pages, headers, filters."""
