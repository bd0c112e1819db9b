"""Savings: rate sets, interventions, and every pound explained."""
