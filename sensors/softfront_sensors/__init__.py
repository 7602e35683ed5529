"""What the body says, before anyone interprets it."""
