"""What is offered, and how they answer."""
