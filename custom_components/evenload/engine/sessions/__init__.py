"""What a session was: transactions told twice, late or out of order, made right."""
