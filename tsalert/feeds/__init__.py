"""Published alerts in forms that programs and other sites take: Atom, JSON Feed, CAP, a page to embed."""
