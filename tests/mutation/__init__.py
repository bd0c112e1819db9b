"""How much of every rule its tests hold: ``make mutation`` changes each rule in turn and counts what goes unnoticed."""
