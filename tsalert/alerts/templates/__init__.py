"""Words that alerts begin with: shipped, written anew by managers, and filled by placeholders alone."""
