"""The door to the world, noun by noun."""
