"""Language models behind one streaming protocol."""
