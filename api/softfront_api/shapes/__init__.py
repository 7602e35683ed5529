"""JSON in and out: the shapes of the door to the world."""
