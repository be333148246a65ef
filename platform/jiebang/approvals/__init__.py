"""What decisions of every kind go through: two persons, minutes, a public notice, objections."""
