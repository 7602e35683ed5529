"""How a diary came to have the tables it has, step by step."""
