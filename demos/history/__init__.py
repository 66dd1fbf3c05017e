"""3. History: how it was written once."""
