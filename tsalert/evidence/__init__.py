"""What a case rests on: files, exhibits, who held them, what is disclosed, and bundles that prove themselves."""
