"""Tests of partners and the ledger of circulation."""
