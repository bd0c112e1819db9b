"""How far alerts carry beyond our own list: partners, what they declare, what they pass on, whom they bring."""
